import type { FeedEvent } from '@clarion/feed-updating';
import { followFeed } from './feed-progress';

type Reading = Partial<Extract<FeedEvent, { kind: 'progress' }>>;

const started = (documents: number): FeedEvent => ({ kind: 'started', feed: 'f', documents });
const next = (index: number): FeedEvent => ({ kind: 'document.started', feed: 'f', document: `d${index}`, index });
const progress = (more: Reading): FeedEvent => ({
  kind: 'progress',
  feed: 'f',
  document: 'd',
  phase: 'reading',
  bytes: 0,
  groups: 0,
  advisories: 0,
  ...more,
});

/** The line after each event; every event is ten seconds later than the one before. */
function lines(...events: readonly FeedEvent[]): readonly (readonly [string, number | undefined])[] {
  const shown: (readonly [string, number | undefined])[] = [];
  let clock = 0;
  const phase = {
    advance: () => undefined,
    end: () => undefined,
    report: (text: string, share?: number) => shown.push([text, share] as const),
  };
  const follow = followFeed(phase, () => clock);
  for (const event of events) {
    clock += 10_000;
    follow.handle(event);
  }
  return shown;
}

const mebibyte = 1_048_576;

describe('followFeed', () => {
  it('shows bytes, rows and the time left for one document of known size', () => {
    const reading = { bytes: 5 * mebibyte, advisories: 1000, received: 500, size: 1000 };
    const read = { bytes: 10 * mebibyte, advisories: 2000, received: 1000, size: 1000 };
    expect(
      lines(
        started(1),
        next(0),
        progress(reading),
        progress(read),
        progress({ phase: 'comparing', advisories: 1000 }),
        progress({ phase: 'comparing', advisories: 2000 }),
      ),
    ).toEqual([
      ['0.0 MiB, 0 rows', 0],
      ['0.0 MiB, 0 rows', undefined],
      ['5.0 MiB, 1000 rows, 1 min 10 s left', 0.3],
      ['10.0 MiB, 2000 rows, 27 s left', 0.6],
      ['10.0 MiB, 2000 rows, 13 s left', 0.8],
      ['10.0 MiB, 2000 rows, 0 s left', 1],
    ]);
  });

  it('shows no time left where the size is unknown', () => {
    expect(lines(started(1), next(0), progress({ bytes: mebibyte, advisories: 5 })).at(-1)).toEqual([
      '1.0 MiB, 5 rows',
      undefined,
    ]);
  });

  it('adds up documents, and those of a patch', () => {
    const one = { bytes: mebibyte, advisories: 10 };
    expect(
      lines(started(4), next(0), progress(one), next(1), progress(one), progress({ bytes: 0 }), progress(one)).at(-1),
    ).toEqual(['3.0 MiB, 30 rows, 3 min 30 s left', 0.25]);
  });
});
