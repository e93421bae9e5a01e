import { decodeText } from '@clarion/file-formats';
import { evidenceRank, type NamespaceEvidence, type WantedFile } from '@clarion/model';
import { namespaceOf, type Release } from '../distros';

/** First lines of release files; what a pattern catches is the version. */
const patterns: readonly (readonly [RegExp, string])[] = [
  [/^Oracle Linux (?:\w+ )?release (\d[\d.]*)/, 'ol'],
  [/^CentOS Stream release (\d[\d.]*)/, 'centos'],
  [/^CentOS (?:Linux )?release (\d[\d.]*)/, 'centos'],
  [/^Rocky Linux release (\d[\d.]*)/, 'rocky'],
  [/^AlmaLinux release (\d[\d.]*)/, 'almalinux'],
  [/^Fedora (?:Core )?release (\d+)/, 'fedora'],
  // Not "Red Hat Linux 6.2", which is older than RHEL, nor "… CoreOS release 4.12", which counts as OpenShift does.
  [
    /^Red Hat Enterprise Linux (?:(?:Server|Client|Workstation|ComputeNode|Atomic Host|AS|ES|WS) )?release (\d[\d.]*)/,
    'rhel',
  ],
  [/^Amazon Linux (?:AMI )?release (\d[\d.]*)/, 'amzn'],
  [/^openSUSE (\d[\d.]*)/, 'opensuse'],
  [/^VMware Photon (?:OS|Linux) (\d[\d.]*)/, 'photon'],
  [/^CBL-Mariner (\d[\d.]*)/, 'mariner'],
  [/^(?:Microsoft )?Azure Linux (\d[\d.]*)/, 'azurelinux'],
];

/** What a vendor's release file says; text of an unknown distribution says nothing. */
export function parseVendorRelease({ path, content }: WantedFile): readonly NamespaceEvidence[] {
  const release = readRelease(decodeText(content).trimStart().slice(0, 4096));
  const found = release === undefined ? undefined : namespaceOf(release);
  return found === undefined || found === 'unversioned' ? [] : [{ ...found, rank: rankOf(path, found.id), path }];
}

/**
 * Oracle Linux and other rebuilds keep a `redhat-release` with the text of the original, so the vendor's own file
 * comes first.
 */
function rankOf(path: string, id: string): number {
  const isOwnFile = !/\/(?:redhat|system)-release$/.test(path) || !id.startsWith('rhel:');
  return isOwnFile ? evidenceRank.vendorRelease : evidenceRank.vendorRelease - 1;
}

function readRelease(text: string): Release | undefined {
  if (text.startsWith('SUSE Linux Enterprise ')) return readSles(text);
  for (const [pattern, id] of patterns) {
    const match = pattern.exec(text);
    // Of 7.6.1810 and 2.0.20240112 the last number is a build.
    if (match?.[1] !== undefined) return { id, version: match[1], name: match[0] };
  }
  return undefined;
}

/** `VERSION = 11` and `PATCHLEVEL = 4`, below a line for people. */
function readSles(text: string): Release | undefined {
  const version = /^VERSION\s*=\s*(\d+)/m.exec(text)?.[1];
  const patchLevel = /^PATCHLEVEL\s*=\s*(\d+)/m.exec(text)?.[1] ?? '0';
  if (version === undefined) return undefined;
  return { id: 'sles', version: patchLevel === '0' ? version : `${version}.${patchLevel}` };
}
