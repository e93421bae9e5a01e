import { evidenceRank } from '@clarion/model';
import { pickNamespace, type LayerNamespaceEvidence } from './pick-namespace';

function evidence(id: string, path: string, more: Partial<LayerNamespaceEvidence> = {}): LayerNamespaceEvidence {
  return { id, path, packageType: 'dpkg', rank: evidenceRank.osRelease, layer: 'sha256:0', ...more };
}

const refinement = evidenceRank.refinement;
const debian = evidence('debian:12', 'etc/os-release');
const sid = evidence('debian:unstable', 'etc/apt/sources.list', { rank: refinement, refines: 'debian' });
const edge = evidence('alpine:edge', 'etc/apk/repositories', { rank: refinement, refines: 'alpine', channel: true });
const alpine = evidence('alpine:v3.20', 'etc/os-release', { packageType: 'apk' });

interface Case {
  readonly name: string;
  readonly given: readonly LayerNamespaceEvidence[];
  readonly namespace?: string;
  readonly channels?: readonly string[];
}

test.each<Case>([
  { name: 'nothing names no namespace', given: [] },
  { name: 'one file decides', given: [debian], namespace: 'debian:12' },
  {
    name: 'the highest rank wins, in any order',
    given: [
      evidence('ubuntu:22.04', 'etc/os-release'),
      evidence('debian:unstable', 'etc/debian_version', { rank: evidenceRank.familyRelease }),
      evidence('oracle:5', 'etc/oracle-release', { rank: evidenceRank.vendorRelease }),
    ],
    namespace: 'oracle:5',
  },
  {
    name: 'etc/os-release before usr/lib/os-release',
    given: [evidence('debian:11', 'usr/lib/os-release'), debian],
    namespace: 'debian:12',
  },
  { name: 'a refinement of the family sharpens', given: [sid, debian], namespace: 'debian:unstable' },
  {
    name: 'a refinement of another family does not count',
    given: [sid, evidence('ubuntu:22.04', 'etc/os-release')],
    namespace: 'ubuntu:22.04',
  },
  { name: 'a refinement alone names no namespace', given: [sid] },
  {
    name: 'a channel is beside the namespace',
    given: [edge, alpine],
    namespace: 'alpine:v3.20',
    channels: ['alpine:edge'],
  },
  { name: 'a channel counts once', given: [edge, edge, alpine], namespace: 'alpine:v3.20', channels: ['alpine:edge'] },
  { name: 'a channel of another family does not count', given: [edge, debian], namespace: 'debian:12' },
  {
    name: 'the namespace itself is not a channel',
    given: [edge, evidence('alpine:edge', 'etc/os-release')],
    namespace: 'alpine:edge',
  },
])('$name', ({ given, namespace, channels = [] }) => {
  const picked = pickNamespace(given);
  expect(picked.namespace?.id).toBe(namespace);
  expect(picked.channels.map(({ id }) => id)).toEqual(channels);
  expect(pickNamespace([...given].reverse())).toEqual(picked);
});

test('the exact release is kept where the file states it', () => {
  const ubi = evidence('rhel:8', 'etc/os-release', { packageType: 'rpm', versionText: '8.6' });
  expect(pickNamespace([ubi]).namespace).toEqual({
    id: 'rhel:8',
    packageType: 'rpm',
    versionText: '8.6',
    path: 'etc/os-release',
    layer: 'sha256:0',
  });
});
