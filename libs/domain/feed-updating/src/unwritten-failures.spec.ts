import type { FeedState } from '@clarion/model';
import { feedHealth } from './feed-health';
import { createUnwrittenFailures } from './unwritten-failures';

describe('failures that could not be written', () => {
  const times = ['2026-01-01T00:00:00.000Z', '2026-01-01T01:00:00.000Z'];
  const stored: FeedState = {
    feed: 'kev',
    parserVersion: 1,
    documents: {},
    groups: 0,
    statements: 0,
    problems: 0,
    problemSamples: [],
    lastSuccess: '2025-12-31T23:00:00.000Z',
  };
  const noted = (...feeds: readonly string[]) => {
    let asked = 0;
    const failures = createUnwrittenFailures(() => new Date(times[asked++] ?? 0));
    for (const feed of feeds) failures.note(feed, 'The disk is full');
    return failures;
  };
  const failure = { lastAttempt: times[0], lastError: 'The disk is full', failingSince: times[0] };

  it.each([
    ['of a feed that the store knows', noted('kev'), [stored], [{ ...stored, ...failure }]],
    [
      'again: since the first of them',
      noted('kev', 'kev'),
      [stored],
      [{ lastAttempt: times[1], failingSince: times[0] }],
    ],
    ['since that which is stored', noted('kev'), [{ ...stored, failingSince: 'before' }], [{ failingSince: 'before' }]],
    ['of a feed that was never tried', noted('nvd'), [stored], [stored, { feed: 'nvd', ...failure }]],
    ['of none', noted(), [stored], [stored]],
  ])('are reported: %s', (_what, failures, states, joined) => {
    expect(failures.joined(states)).toMatchObject(joined);
    expect(failures.joined(states)).toHaveLength(joined.length);
  });

  it('make a feed fail until an update is written', () => {
    const failures = noted('kev');
    const level = () => feedHealth({ refreshMinutes: 60 }, failures.joined([stored])[0], new Date(times[1] ?? 0)).level;
    expect(level()).toBe('warning');
    failures.forget('kev');
    expect(level()).toBe('ok');
  });
});
