import type { PlacedFeature } from '@clarion/model';
import { withoutOwnedPrograms } from './owned-programs';

const layer = `sha256:${'a'.repeat(64)}` as const;
const namespace = 'debian:12';
const nginx: PlacedFeature = {
  type: 'dpkg',
  name: 'nginx',
  version: '1',
  path: 'var/lib/dpkg/status',
  layer,
  namespace,
};
const program: PlacedFeature = {
  ...{ type: 'generic', name: 'nginx', version: '1.22.1', path: 'usr/sbin/nginx', layer },
  namespace: 'generic:nginx',
};
const owned = { ...program, owner: 'nginx' };

test.each<[what: string, features: readonly PlacedFeature[], kept: readonly string[]]>([
  ['a package of the distribution owns is left out', [nginx, owned], ['dpkg']],
  ['no package owns stays', [nginx, program], ['dpkg', 'generic']],
  [
    'a package of a third party owns stays',
    [{ ...nginx, vendor: 'NGINX Packaging <nginx-packaging@f5.com>' }, owned],
    ['dpkg', 'generic'],
  ],
  [
    'a package owns that someone else built stays',
    [{ ...nginx, version: '1.0', vendor: 'ACME <ops@acme.example>' }, owned],
    ['dpkg', 'generic'],
  ],
  ['a package of an unknown distribution owns stays', [{ ...nginx, namespace: null }, owned], ['dpkg', 'generic']],
  ['is a package of a language stays', [nginx, { ...owned, type: 'golang', namespace: 'go' }], ['dpkg', 'golang']],
])('what %s', (_, features, kept) => {
  expect(withoutOwnedPrograms(features, []).map(({ type }) => type)).toEqual(kept);
});

test.each<[what: string, change: Partial<PlacedFeature>, kept: readonly string[]]>([
  ['in a directory of packages belongs to one of them', {}, ['dpkg']],
  ['elsewhere belongs to none', { path: 'opt/nginx' }, ['dpkg', 'generic']],
  ['of another layer belongs to none', { layer: `sha256:${'b'.repeat(64)}` }, ['dpkg', 'generic']],
])('where a database names no files, a program %s', (_, change, kept) => {
  const detections = [{ detector: 'dpkg', version: 1, packageFiles: { unlisted: true } }] as unknown as [];
  const found = withoutOwnedPrograms([nginx, { ...program, ...change }], [{ diffId: layer, detections }]);
  expect(found.map(({ type }) => type)).toEqual(kept);
});
