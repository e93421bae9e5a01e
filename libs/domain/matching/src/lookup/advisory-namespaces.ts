import { coversNamespace, namespaceFamily } from '@clarion/model';
import type { FeedInfo } from '../match-options';

/** A namespace whose statements are held against the packages of another one. */
export interface AdvisoryNamespace {
  readonly id: string;
  /** Its statements decide only about flaws that the namespaces before it say nothing about. */
  readonly secondary?: boolean;
  /** Why its statements are less than certain. */
  readonly note?: string;
  /** Only for packages of this version form. */
  readonly version?: RegExp;
  /** It holds products beside the distribution, or rejections only: its data does not mean that the distribution is covered. */
  readonly layered?: boolean;
}

/** Releases of SUSE Linux Enterprise packages: `150500.12.3.1`; openSUSE's own start with `bp` or `lp`. */
const sleRelease = /-15\d{4}\./;

/**
 * Where the statements about the packages of an image's namespace live, most specific first (reference: matching §3).
 * CentOS Linux was rebuilt from RHEL; Stream runs ahead of it; Leap 15.3 and later takes packages from SLE.
 */
export function advisoryNamespaces(namespace: string): readonly AdvisoryNamespace[] {
  const family = namespaceFamily(namespace);
  const release = namespace.slice(family.length + 1);
  switch (family) {
    case 'alpine':
      // Flaws that Alpine rejects for a package, whatever the release.
      return [{ id: namespace }, { id: 'alpine:any', secondary: true, layered: true }];
    case 'rhel':
      return [{ id: namespace }, { id: 'rhel:any', layered: true }];
    case 'centos':
      return [{ id: `rhel:${release}` }];
    case 'centos-stream':
      return [{ id: `rhel:${release}`, note: `reduced certainty: indicative, from the advisories of rhel:${release}` }];
    case 'opensuse-leap':
      return /^15\.[3-9]$/.test(release)
        ? [{ id: namespace }, { id: `sles:${release}`, secondary: true, version: sleRelease }]
        : [{ id: namespace }];
    case 'amzn':
      // Amazon Linux 1 called its releases 2011.09 to 2018.03; they are one stream.
      return [{ id: /^201\d\./.test(release) ? 'amzn:1' : namespace }];
    default:
      return [{ id: namespace }];
  }
}

/** The namespaces whose data covers the packages of this one: of Leap its own, not that of the packages it borrows. */
export function coveringNamespaces(namespace: string): readonly string[] {
  return advisoryNamespaces(namespace).flatMap(({ id, layered, secondary }) =>
    layered === true || secondary === true ? [] : [id],
  );
}

/** Whether a feed speaks, or should speak, about the packages of a namespace. */
export function speaksAbout({ namespaces }: Pick<FeedInfo, 'namespaces'>, namespace: string): boolean {
  const wanted = advisoryNamespaces(namespace).filter(({ layered }) => layered !== true);
  return namespaces.some((pattern) => wanted.some(({ id }) => coversNamespace(pattern, id)));
}
