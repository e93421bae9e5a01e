import { programNamespace, type Runtime, runtimes } from '@clarion/ecosystems';
import type { Advisory, FeedRecord } from '@clarion/model';
import { addVersions, type AffectedVersions, objectsOf } from './affected-versions';
import { type Cpe, parseCpe } from './cpe-name';

type Fields = Readonly<Record<string, unknown>>;

/** The runtimes that only NVD has advisories about, by `vendor:product` of CPE. */
const byProduct: ReadonlyMap<string, readonly Runtime[]> = productsOf(
  runtimes.filter(({ advisories }) => advisories === 'nvd'),
);

/** The namespaces of those runtimes. */
export const runtimeNamespaces: readonly string[] = runtimes
  .filter(({ advisories }) => advisories === 'nvd')
  .map(({ name }) => programNamespace(name));

function productsOf(some: readonly Runtime[]): ReadonlyMap<string, readonly Runtime[]> {
  const found = new Map<string, Runtime[]>();
  for (const runtime of some) {
    for (const product of runtime.products ?? []) found.set(product, [...(found.get(product) ?? []), runtime]);
  }
  return found;
}

/**
 * The advisories in the CPE configurations of a CVE about the runtimes that Clarion recognises; those about any other
 * product are not kept.
 */
export function* runtimeAdvisories(id: string, entry: Fields, document: string): Generator<FeedRecord> {
  const found = new Map<Runtime, AffectedVersions>();
  for (const configuration of objectsOf(entry['configurations'])) addConfiguration(found, configuration);
  for (const [runtime, affected] of found) {
    const group = {
      ...{ namespace: programNamespace(runtime.name), package: runtime.name, feed: 'nvd', document },
      ...{ nameKind: 'binary' as const, scheme: runtime.versionScheme, advisories: [toAdvisory(id, affected)] },
    };
    yield { kind: 'group', group };
  }
}

function addConfiguration(found: Map<Runtime, AffectedVersions>, configuration: Fields): void {
  const nodes = objectsOf(configuration['nodes']);
  if (configuration['negate'] === true || nodes.some(({ negate }) => negate === true)) return;
  const conditions: (readonly (Cpe | undefined)[])[] = [];
  const matches: (readonly [cpe: Cpe, match: Fields, of: readonly Runtime[]])[] = [];
  for (const node of nodes) {
    const all = objectsOf(node['cpeMatch']);
    if (all.every(({ vulnerable }) => vulnerable !== true))
      conditions.push(all.map(({ criteria }) => parseCpe(criteria)));
    for (const match of all) {
      const { vulnerable, criteria } = match;
      if (vulnerable !== true || !mayBeRuntime(criteria)) continue;
      const cpe = parseCpe(criteria);
      const of = cpe === undefined || !isForLinux(cpe) ? undefined : byProduct.get(cpe.product);
      if (cpe !== undefined && of !== undefined) matches.push([cpe, match, of]);
    }
  }
  if (matches.length === 0 || !conditions.every((one) => one.some(mayBeInContainer))) return;
  for (const [cpe, match, of] of matches) {
    for (const runtime of of) {
      const affected = found.get(runtime) ?? { ranges: [], versions: new Set<string>(), unknown: false };
      found.set(runtime, affected);
      addVersions(affected, cpe, match);
    }
  }
}

const beginning = 'cpe:2.3:a:';

/** Records about kernels have tens of thousands of names: most are decided by vendor and product alone. */
function mayBeRuntime(criteria: unknown): criteria is string {
  if (typeof criteria !== 'string' || !criteria.startsWith(beginning)) return false;
  const end = criteria.indexOf(':', criteria.indexOf(':', beginning.length) + 1);
  return byProduct.has(criteria.slice(beginning.length, end));
}

const anySystem: ReadonlySet<string> = new Set(['*', '-', 'linux', 'linux_kernel', 'unix']);

/** Whether a name is about the program itself, on Linux: an extension for a language has its own target. */
function isForLinux({ rest: [, , , system = '*'] }: Cpe): boolean {
  return anySystem.has(system);
}

/** Systems of other kinds, without which a CVE does not apply. */
const otherSystems = /^(?:microsoft|apple|google|freebsd|openbsd|netbsd|sun|hp|ibm|cisco|vmware):/;

/** Whether a condition may hold in a container: a hardware, Windows or another system than Linux does not. */
function mayBeInContainer(cpe: Cpe | undefined): boolean {
  return cpe !== undefined && (cpe.part === 'a' || (cpe.part === 'o' && !otherSystems.test(cpe.product)));
}

/** Where the name has no version, the vulnerability may be of any, mostly of very old ones: nothing is certain. */
function toAdvisory(id: string, { ranges, versions, unknown }: AffectedVersions): Advisory {
  if (ranges.length === 0 && versions.size === 0 && unknown) {
    return { id, state: 'under_investigation', reason: 'NVD names no versions' };
  }
  return {
    id,
    state: ranges.some(({ fixed }) => fixed !== undefined) ? 'fixed' : 'affected',
    ...(ranges.length > 0 && { ranges }),
    ...(versions.size > 0 && { versions: [...versions] }),
  };
}
