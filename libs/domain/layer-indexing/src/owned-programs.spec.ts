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
  ['a package of an unknown distribution owns stays', [{ ...nginx, namespace: null }, owned], ['dpkg', 'generic']],
  ['is a package of a language stays', [nginx, { ...owned, type: 'golang', namespace: 'go' }], ['dpkg', 'golang']],
])('what %s', (_, features, kept) => {
  expect(withoutOwnedPrograms(features).map(({ type }) => type)).toEqual(kept);
});
