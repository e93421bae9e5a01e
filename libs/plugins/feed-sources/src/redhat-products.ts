import type { AdvisoryGroup, Severity } from '@clarion/model';

/** The namespace and support channel of the advisories about a Red Hat product. */
export interface ProductTarget {
  /** `rhel:<major>`, or `rhel:any` where the release that a layered product runs on is unknown. */
  readonly namespace: string;
  /** Support channel: `eus`, `aus`, `e4s`, `tus`, `els`, `eus-long-life`. */
  readonly channel?: string;
}

/** Other sources of the release, for products whose CPE does not name it. */
export interface ReleaseHints {
  /** Version or release of a package: `1.23.5-15.rhaos4.10.el8`. */
  readonly version?: string;
  /** `9Base-RHOSE-4.16`, `7Server-7.9.Z`. */
  readonly productId?: string;
}

/** Products whose version is the RHEL release, and `enterprise_linux` itself. */
const releaseProducts = new Set([
  'enterprise_linux',
  'enterprise_linux_common',
  'enterprise_linux_eus',
  'rhel_atomic',
  'rhel_cluster',
  'rhel_cluster_storage',
  'rhel_common',
  'rhel_productivity',
  'rhel_rhn_tools',
  'rhel_sjis',
  'rhel_virtualization',
]);

const channels: ReadonlyMap<string, string> = new Map([
  ['rhel_eus', 'eus'],
  ['enterprise_linux_eus', 'eus'],
  ['rhel_eus_long_life', 'eus-long-life'],
  ['rhel_aus', 'aus'],
  // The name of advanced update support in RHEL 5 and 6.
  ['rhel_mission_critical', 'aus'],
  ['rhel_e4s', 'e4s'],
  ['rhel_tus', 'tus'],
  ['rhel_els', 'els'],
  ['rhel_extras_rt_els', 'els'],
]);

/**
 * The namespace and support channel of a product by its CPE URI (`cpe:/o:redhat:rhel_eus:9.2::baseos`), else by the
 * edition of a layered product (`…::el9`), else by the hints.
 */
export function targetOf(cpe: string, hints: ReleaseHints = {}): ProductTarget {
  const [product = '', version = '', ...rest] = cpe.replace(/^cpe:\/[aoh]?:[^:]*:/, '').split(':');
  const channel = channels.get(product);
  const carriesRelease = channel !== undefined || releaseProducts.has(product) || product.startsWith('rhel_extras');
  const major =
    (carriesRelease ? /^\d{1,2}(?!\d)/.exec(version)?.[0] : undefined) ??
    firstMatch(/^el(\d{1,2})(?!\d)/, rest) ??
    /(?:^|[.+_~-])el(\d{1,2})(?!\d)/.exec(hints.version ?? '')?.[1] ??
    /^(\d{1,2})(?:Base|Server|Client|Workstation|ComputeNode)/.exec(hints.productId ?? '')?.[1];
  return { namespace: `rhel:${major ?? 'any'}`, ...(channel === undefined ? {} : { channel }) };
}

/** Whether a group of advisories is not about RHEL itself, but only about layered products, channels and modules. */
export function isAddOn({ advisories }: Pick<AdvisoryGroup, 'advisories'>): boolean {
  return advisories.every(
    ({ scope: { cpes = [], channel, module } = {} }) =>
      channel !== undefined || module !== undefined || !cpes.some((cpe) => releaseCpe.test(cpe)),
  );
}

const releaseCpe = /^cpe:\/[aoh]?:redhat:enterprise_linux:/;

function firstMatch(pattern: RegExp, texts: readonly string[]): string | undefined {
  for (const text of texts) {
    const found = pattern.exec(text)?.[1];
    if (found !== undefined) return found;
  }
  return undefined;
}

const severities: ReadonlyMap<string, Severity> = new Map([
  ['low', 'Low'],
  ['moderate', 'Medium'],
  ['medium', 'Medium'],
  ['important', 'High'],
  ['critical', 'Critical'],
]);

/** Red Hat's impact as severity; the word itself is kept too. `none` and unknown words give no severity. */
export function severityOf(impact: string | undefined): {
  readonly severity?: Severity;
  readonly vendorSeverity?: string;
} {
  if (impact === undefined || impact === '') return {};
  const severity = severities.get(impact.toLowerCase());
  return { ...(severity === undefined ? {} : { severity }), vendorSeverity: impact.slice(0, 40) };
}

/** Packages with only debugging symbols and sources: they have no flaws, and would double the number of rows. */
export function isDebugPackage(name: string): boolean {
  return /-debug(?:info|source)(?:-|$)/.test(name);
}

const packageName = /^[A-Za-z0-9_][\w.+-]{0,254}$/;

/** Whether a text can be the name of an rpm package. */
export function isPackageName(name: string): boolean {
  return packageName.test(name);
}

const moduleStream = /^([\w.+-]{1,100}):([\w.+-]{1,100})(?::|$)/;

/** `name:stream` of `name:stream[:version[:context]]`; undefined when the text is not a module. */
export function moduleOf(text: string): string | undefined {
  const match = moduleStream.exec(text);
  return match === null ? undefined : `${match[1] ?? ''}:${match[2] ?? ''}`;
}
