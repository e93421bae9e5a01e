import type { FeedInfo } from '@clarion/matching';
import { describeMissingData } from './missing-data';

const feed = (id: string, namespaces: readonly string[], own = false): FeedInfo => ({
  ...{ id, namespaces, refreshMinutes: 60 },
  ...(own && { own }),
});
const alpine = feed('alpine-secdb', ['alpine:*']);
const osv = feed('osv', ['npm', 'pypi', 'golang']);
const go = feed('go-vulndb', ['golang']);
const again = feed('osv-copy', ['npm', 'pypi', 'golang']);
const acme = feed('acme', ['golang'], true);
const namespaces = ['alpine:v3.20', 'conda', 'golang', 'npm', 'pypi'];

it.each<readonly [string, readonly FeedInfo[], string]>([
  ['one feed', [alpine], 'There is no advisory data for alpine:v3.20: alpine-secdb was never loaded'],
  [
    'feeds for other namespaces',
    [alpine, osv],
    'There is no advisory data for alpine:v3.20: alpine-secdb was never loaded, and no advisory data for golang, npm, pypi: osv was never loaded',
  ],
  [
    'feeds for the same namespaces',
    [osv, again],
    'There is no advisory data for golang, npm, pypi: osv was never loaded, osv-copy was never loaded',
  ],
  [
    'a feed for a part',
    [go, osv],
    'There is no advisory data for golang: go-vulndb was never loaded, and no advisory data for golang, npm, pypi: osv was never loaded',
  ],
  [
    'own data too',
    [acme, alpine],
    'There is no own data: acme was never loaded, and no advisory data for alpine:v3.20: alpine-secdb was never loaded',
  ],
  ['own data alone', [acme], 'There is no own data: acme was never loaded'],
])('names the namespaces that a missing feed covers: %s', (_, missing, expected) => {
  expect(describeMissingData(missing, namespaces)).toBe(expected);
});

it('says more of a feed where there is more to say', () => {
  expect(describeMissingData([alpine], namespaces, ({ id }) => `${id} is only elsewhere`)).toBe(
    'There is no advisory data for alpine:v3.20: alpine-secdb is only elsewhere',
  );
});
