import type { NamespaceEvidence, PackageSystem } from '@clarion/model';
import { debianNumber } from './debian-releases';

/** What a release file says of the distribution, in the words of os-release. */
export interface Release {
  /** `ID`, lower case. */
  readonly id: string;
  /** `VERSION_ID`; '' when there is none. */
  readonly version: string;
  /** `NAME` and `PRETTY_NAME`, for the few distributions that id and version do not tell apart. */
  readonly name?: string;
  readonly prettyName?: string;
  /** `VERSION_CODENAME`. */
  readonly codename?: string;
}

export type FoundNamespace = Pick<NamespaceEvidence, 'id' | 'packageType' | 'versionText'>;

/** Gives the version of the namespace id: '' for a rolling release, undefined when the release has none of use. */
type VersionRule = (release: Release) => string | undefined;

interface Distro {
  readonly ids: readonly string[];
  /** Only where `NAME` starts so. */
  readonly name?: string;
  readonly namespace: string;
  readonly packageType: PackageSystem;
  readonly version: VersionRule;
}

/** One row a distribution; the first that matches decides. */
const distros: readonly Distro[] = [
  // Raspbian rebuilds Debian's packages under their own versions.
  { ids: ['debian', 'raspbian'], namespace: 'debian', packageType: 'dpkg', version: debianVersion },
  { ids: ['ubuntu'], namespace: 'ubuntu', packageType: 'dpkg', version: matching(/^\d{1,2}\.\d{2}/) },
  { ids: ['alpine'], namespace: 'alpine', packageType: 'apk', version: alpineVersion },
  { ids: ['wolfi'], namespace: 'wolfi', packageType: 'apk', version: rolling },
  { ids: ['chainguard'], namespace: 'chainguard', packageType: 'apk', version: rolling },
  { ids: ['minimos'], namespace: 'minimos', packageType: 'apk', version: rolling },
  { ids: ['centos'], name: 'CentOS Stream', namespace: 'centos-stream', packageType: 'rpm', version: major },
  { ids: ['centos'], namespace: 'centos', packageType: 'rpm', version: major },
  { ids: ['rhel'], namespace: 'rhel', packageType: 'rpm', version: major },
  { ids: ['ol'], namespace: 'oracle', packageType: 'rpm', version: major },
  { ids: ['rocky'], namespace: 'rocky', packageType: 'rpm', version: major },
  { ids: ['almalinux'], namespace: 'alma', packageType: 'rpm', version: major },
  { ids: ['fedora'], namespace: 'fedora', packageType: 'rpm', version: major },
  // Amazon Linux AMI counts in years and months; its successors in one number, with point releases after it.
  { ids: ['amzn'], namespace: 'amzn', packageType: 'rpm', version: matching(/^(?:201\d\.\d{2}|\d+)/) },
  {
    ids: ['sles', 'sled', 'sles_sap', 'sle_hpc'],
    namespace: 'sles',
    packageType: 'rpm',
    version: matching(/^\d{1,4}(?:\.\d{1,4})?(?!\d)/),
  },
  { ids: ['sle-micro', 'sle-micro-rancher'], namespace: 'sle-micro', packageType: 'rpm', version: majorMinor },
  { ids: ['sl-micro'], namespace: 'sl-micro', packageType: 'rpm', version: majorMinor },
  { ids: ['opensuse-leap'], namespace: 'opensuse-leap', packageType: 'rpm', version: majorMinor },
  { ids: ['opensuse-tumbleweed'], namespace: 'opensuse-tumbleweed', packageType: 'rpm', version: rolling },
  // Leap 42 still called itself plain openSUSE, as the releases before it did.
  { ids: ['opensuse'], namespace: 'opensuse-leap', packageType: 'rpm', version: matching(/^42\.\d/) },
  { ids: ['opensuse'], namespace: 'opensuse', packageType: 'rpm', version: matching(/^1[0-3]\.\d/) },
  { ids: ['photon'], namespace: 'photon', packageType: 'rpm', version: majorMinor },
  { ids: ['mariner'], namespace: 'mariner', packageType: 'rpm', version: majorMinor },
  { ids: ['azurelinux'], namespace: 'azurelinux', packageType: 'rpm', version: majorMinor },
  { ids: ['bottlerocket'], namespace: 'bottlerocket', packageType: 'rpm', version: rolling },
  { ids: ['arch'], namespace: 'arch', packageType: 'alpm', version: rolling },
  { ids: ['gentoo'], namespace: 'gentoo', packageType: 'ebuild', version: rolling },
];

/** The namespace of a release; `unversioned` for a known distribution whose version is missing or makes no sense. */
export function namespaceOf(release: Release): FoundNamespace | 'unversioned' | undefined {
  const rows = distros.filter(({ ids, name }) => {
    return ids.includes(release.id) && (name === undefined || release.name?.startsWith(name) === true);
  });
  for (const { namespace, packageType, version } of rows) {
    const kept = version(release);
    if (kept === undefined) continue;
    const id = kept === '' ? namespace : `${namespace}:${kept}`;
    const versionText = usableVersion(release.version);
    const saysMore = versionText !== undefined && versionText !== kept;
    return { id, packageType, ...(saysMore && { versionText }) };
  }
  return rows.length === 0 ? undefined : 'unversioned';
}

/** The version if it is fit for an id and a report: short, and of the characters that versions are made of. */
export function usableVersion(version: string): string | undefined {
  return /^[\w.+~-]{1,64}$/.test(version) ? version : undefined;
}

function matching(pattern: RegExp): VersionRule {
  return ({ version }) => pattern.exec(version)?.[0];
}

function major({ version }: Release): string | undefined {
  return /^\d{1,4}(?!\d)/.exec(version)?.[0];
}

function majorMinor({ version }: Release): string | undefined {
  return /^\d{1,4}\.\d{1,4}(?!\d)/.exec(version)?.[0];
}

function rolling(): string {
  return '';
}

/** Testing and sid have no version and both call themselves `<testing>/sid`; only apt sources tell them apart. */
function debianVersion(release: Release): string | undefined {
  if (release.version !== '') return major(release);
  const { codename = '', prettyName = '' } = release;
  if (prettyName.includes('/sid')) return 'unstable';
  return String(debianNumber(codename) ?? 'unstable');
}

function alpineVersion({ version, prettyName = '' }: Release): string | undefined {
  if (/\bedge\b/.test(prettyName) || version.includes('_alpha')) return 'edge';
  const branch = /^\d{1,2}\.\d{1,3}(?!\d)/.exec(version)?.[0];
  return branch === undefined ? undefined : `v${branch}`;
}
