import type { FeedState } from '@clarion/model';
import { factsName } from './facts-name';

const state: FeedState = {
  feed: 'osv',
  parserVersion: 1,
  documents: { npm: { validators: { contentDigest: 'a' }, groups: 1, namespaces: ['npm'] } },
  lastAttempt: '2026-01-02T00:00:00.000Z',
  lastSuccess: '2026-01-02T00:00:00.000Z',
  lastChange: '2026-01-01T00:00:00.000Z',
  groups: 1,
  statements: 1,
  problems: 0,
  problemSamples: [],
};
const document = state.documents['npm']!;
const { lastChange: _, ...neverChanged } = state;

describe('the name of the facts of a feed', () => {
  it.each<[what: string, change: Partial<FeedState>]>([
    ['an attempt', { lastAttempt: '2026-01-03T00:00:00.000Z' }],
    ['a success without changes', { lastSuccess: '2026-01-03T00:00:00.000Z' }],
    ['an error', { lastError: 'gone', failingSince: '2026-01-03T00:00:00.000Z' }],
    ['other validators', { documents: { npm: { ...document, validators: { contentDigest: 'a', etag: 'b' } } } }],
  ])('stays after %s', (_what, change) => {
    expect(factsName({ ...state, ...change })).toBe(factsName(state));
  });

  it.each<[what: string, change: Partial<FeedState>]>([
    ['a change of facts', { lastChange: '2026-01-01T00:00:00.001Z' }],
    ['another parser', { parserVersion: 2 }],
    ['other content', { documents: { npm: { ...document, validators: { contentDigest: 'b' } } } }],
    ['a patch', { documents: { npm: { ...document, patched: 'b' } } }],
    ['another time of the content', { documents: { npm: { ...document, modifiedAt: '2026-01-01T00:00:00Z' } } }],
    ['more namespaces', { documents: { npm: { ...document, namespaces: ['npm', 'pypi'] } } }],
    ['the end of a namespace', { documents: { npm: { ...document, frozen: { npm: '2026-01-01T00:00:00Z' } } } }],
    ['another document', { documents: { ...state.documents, pypi: document } }],
    ['a missing document', { missing: [{ name: 'pypi' }] }],
    ['another feed', { feed: 'nvd' }],
  ])('differs after %s', (_what, change) => {
    expect(factsName({ ...state, ...change })).not.toBe(factsName(state));
  });

  it('has the time of the last success where nothing ever changed, which reports show then', () => {
    const later = { ...neverChanged, lastSuccess: '2026-01-03T00:00:00.000Z' };
    expect(factsName(later)).not.toBe(factsName(neverChanged));
  });
});
