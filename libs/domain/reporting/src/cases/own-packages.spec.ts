import type { AdvisoryGroup } from '@clarion/model';
import { deb, factsOf, fixed, group, imageOf, namespaceOf, now } from '@clarion/test-kit/match-facts';
import type { FeedInfo } from '@clarion/matching';
import { makeReport } from '../make-report';

const namespace = 'x-acme';
const agent = deb('agent', '1.9', { type: namespace, namespace, path: 'opt/agent/VERSION' });
const debian: FeedInfo = { id: 'debian-security-tracker', namespaces: ['debian:*'], refreshMinutes: 60 };
const own: FeedInfo = { id: 'acme', own: true, namespaces: [], rates: true, refreshMinutes: 0 };
const covering: FeedInfo = { ...own, namespaces: [namespace] };

function says(name: string, more: Partial<AdvisoryGroup> = {}): AdvisoryGroup {
  const members = { namespace, feed: 'acme', nameKind: 'either', scheme: 'semver' } as const;
  return group(name, [fixed('ACME-1', '1.10.0')], { ...members, ...more });
}

async function reportOf(groups: readonly AdvisoryGroup[], feeds: readonly FeedInfo[], features = [agent]) {
  const image = imageOf(features, { namespaces: [namespaceOf('debian:12')] });
  const known = [...groups, group('base-files', [fixed('CVE-2000-1', '1')])];
  return makeReport(image, factsOf(known), { feeds: [...feeds, debian], now, clarionVersion: '1' });
}

describe('packages of a user-defined type', () => {
  it.each<[string, AdvisoryGroup]>([
    ['by their own name', says('agent')],
    ['by their source', says('agent-src')],
    ['by SecDB data', says('agent', { nameKind: 'source', scheme: 'apk' })],
  ])('match own advisories about their namespace %s, with the version scheme that these name', async (_, said) => {
    const source = said.package === 'agent' ? {} : { source: { name: 'agent-src', version: '1.9' } };
    const { findings } = await reportOf([said], [own], [{ ...agent, ...source }]);
    // Compared as text, 1.9 would be newer.
    expect(findings).toMatchObject([{ id: 'ACME-1', state: 'fixed', fixedIn: '1.10.0', package: { namespace } }]);
  });

  it.each<[string, AdvisoryGroup]>([
    ['the distribution', says('agent', { namespace: 'debian:12' })],
    ['another own namespace', says('agent', { namespace: 'x-acme2' })],
  ])('match no advisory about %s', async (_, said) => {
    expect((await reportOf([said], [own])).findings).toEqual([]);
  });

  it.each<[string, readonly AdvisoryGroup[], readonly FeedInfo[], string | undefined]>([
    ['no own feed', [], [], 'no feed covers x-acme'],
    ['an own feed that has something to say', [says('agent')], [own], 'no feed covers x-acme'],
    [
      'one that covers them and was never loaded',
      [],
      [covering],
      'feed acme has not been loaded yet: run clarion update',
    ],
    [
      'one that covers them and says nothing',
      [says('a', { namespace: 'x-b' })],
      [covering],
      'no advisory data for x-acme',
    ],
    ['one that covers them', [says('agent')], [covering], undefined],
  ])('are covered only if a feed says so: %s', async (_, groups, feeds, reason) => {
    const { coverage, packages } = await reportOf(groups, feeds);
    const uncovered = { package: 'agent', version: '1.9', namespace, reason };
    expect(coverage.uncovered).toEqual(reason === undefined ? [] : [uncovered]);
    expect(coverage.complete).toBe(reason === undefined);
    expect(packages).toMatchObject([{ type: namespace, namespace, purl: 'pkg:generic/x-acme/agent@1.9?arch=amd64' }]);
  });

  it('have no distribution, so no publisher is a third party', async () => {
    const { coverage } = await reportOf([says('agent')], [covering], [{ ...agent, vendor: 'Ours <a@github.com>' }]);
    expect(coverage.uncovered).toEqual([]);
  });
});
