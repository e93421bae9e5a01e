import { type Advisory, type AdvisoryGroup, type FeedRecord, type VersionScheme, isCveId } from '@clarion/model';
import { versionScheme } from '@clarion/version-schemes';
import { isDebugPackage, isPackageName, moduleOf, severityOf } from './redhat-products';

/** One binary package that an erratum ships. */
export interface ErratumBuild {
  readonly name: string;
  /** Absent or `0`: none. */
  readonly epoch?: string | undefined;
  readonly version: string;
  readonly release: string;
  readonly architecture: string;
  /** rpm module, at least `name:stream`. */
  readonly module?: string | undefined;
}

/** An advisory about fixed packages of one namespace: what vendors of rpm distributions call an erratum. */
export interface Erratum {
  /** `ALSA-2024:1234`, `ALAS2-2023-1234`. */
  readonly id: string;
  readonly namespace: string;
  readonly cves: readonly string[];
  /** The vendor's severity. */
  readonly severity?: string | undefined;
  /** RFC 3339 or date. */
  readonly published?: string | undefined;
  /** Repository that the packages must come from. */
  readonly packageRepository?: string | undefined;
  readonly builds: readonly ErratumBuild[];
}

const versionText = /^[\w.+~^-]{1,200}$/;

/**
 * The advisories of an erratum, one group per package: all its flaws are fixed in the version it ships. An erratum
 * without a CVE is reported under its own id. Sources and debugging symbols are left out: they are not installed code.
 * What cannot be understood becomes a problem.
 */
export function* errataRecords(
  erratum: Erratum,
  source: { readonly feed: string; readonly document: string },
): Generator<FeedRecord> {
  const packages = new Map<string, ErratumBuild[]>();
  for (const build of erratum.builds) {
    if (isSource(build.architecture) || isDebugPackage(build.name)) continue;
    const message = problemOf(build);
    if (message !== undefined) {
      yield { kind: 'problem', record: erratum.id, message };
      continue;
    }
    const builds = packages.get(build.name);
    if (builds === undefined) packages.set(build.name, [build]);
    else builds.push(build);
  }
  for (const [name, builds] of packages) {
    const fixes = fixesOf(builds);
    const group: AdvisoryGroup = {
      namespace: erratum.namespace,
      package: name,
      ...source,
      nameKind: 'binary',
      scheme: 'rpm',
      advisories: idsOf(erratum).flatMap((id) => fixes.map((fix) => advisoryOf(erratum, id, fix))),
    };
    yield { kind: 'group', group };
  }
}

function isSource(architecture: string): boolean {
  return architecture === 'src' || architecture === 'nosrc';
}

function problemOf({ name, epoch = '0', version, release, architecture }: ErratumBuild): string | undefined {
  if (!isPackageName(name)) return `"${name.slice(0, 80)}" is not a name of a package`;
  if (!versionText.test(version) || !versionText.test(release) || !/^\d{1,9}$/.test(epoch)) {
    return `Version ${`${epoch}:${version}-${release}`.slice(0, 120)} of ${name} is not valid`;
  }
  return /^\w{1,40}$/.test(architecture) ? undefined : `${name} is of no architecture`;
}

function idsOf({ id, cves }: Erratum): readonly string[] {
  const found = [...new Set(cves.filter(isCveId))];
  return found.length === 0 ? [id] : found;
}

/** A version that fixes, and where. */
interface Fix {
  readonly evr: string;
  readonly module: string | undefined;
  readonly architectures: string[];
}

/**
 * The lowest version an erratum ships of a package, for each module stream and architecture: it may hold builds for
 * several minor releases, and each of them is a fix. Architectures of equal versions are joined.
 */
function fixesOf(builds: readonly ErratumBuild[]): readonly Fix[] {
  const lowest = new Map<string, Fix>();
  for (const build of builds) {
    const module = build.module === undefined ? undefined : moduleOf(build.module);
    const key = `${module ?? ''} ${build.architecture}`;
    const evr = evrOf(build);
    const known = lowest.get(key);
    if (known === undefined || isLower(evr, known.evr)) {
      lowest.set(key, { evr, module, architectures: [build.architecture] });
    }
  }
  const fixes = new Map<string, Fix>();
  for (const fix of lowest.values()) {
    const key = `${fix.module ?? ''} ${fix.evr}`;
    const known = fixes.get(key);
    if (known === undefined) fixes.set(key, fix);
    else known.architectures.push(...fix.architectures);
  }
  return [...fixes.values()];
}

function evrOf({ epoch = '0', version, release }: ErratumBuild): string {
  return `${Number(epoch) === 0 ? '' : `${Number(epoch)}:`}${version}-${release}`;
}

function isLower(a: string, b: string): boolean {
  return (rpm()?.compare(a, b) ?? 0) < 0;
}

let rpmScheme: VersionScheme | undefined;

function rpm(): VersionScheme | undefined {
  return (rpmScheme ??= versionScheme('rpm'));
}

function advisoryOf(erratum: Erratum, id: string, { evr, module, architectures }: Fix): Advisory {
  const { packageRepository, published, severity } = erratum;
  return {
    id,
    ...(id === erratum.id ? {} : { advisory: erratum.id }),
    state: 'fixed',
    ranges: [{ fixed: evr }],
    ...severityOf(severity),
    scope: {
      architectures: [...architectures].sort(),
      ...(module === undefined ? {} : { module }),
      ...(packageRepository === undefined ? {} : { origin: packageRepository }),
    },
    ...(published === undefined ? {} : { published }),
  };
}
