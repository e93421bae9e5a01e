import type { Advisory, AdvisoryScope, VersionScheme } from '@clarion/model';
import { versionScheme } from '@clarion/version-schemes';
import type { SuseProduct } from './products';
import type { VexBuild, VexPackage } from './vex-component';

/** What a document says about packages, whichever they are. */
export type Saying = Pick<Advisory, 'state' | 'severity' | 'vendorSeverity' | 'reason'>;

/** Support channel and product of a release: the scope of an entry. */
type Place = Pick<SuseProduct, 'channel' | 'origin' | 'release'>;

interface Entry {
  readonly place: Place;
  readonly nameKind: VexPackage['nameKind'];
  readonly said: Saying;
}

interface Fix {
  readonly place: Place;
  readonly version: string;
  /** Whether the name is that of the source package. */
  readonly ofSource: boolean;
}

/** All entries and fixes for one package of one release. */
interface Told {
  readonly namespace: string;
  readonly name: string;
  readonly entries: Entry[];
  readonly fixes: Fix[];
}

export interface NamedPackage {
  readonly namespace: string;
  readonly name: string;
  readonly advisories: readonly Advisory[];
  /** All advisories are about products beside the release. */
  readonly addOn: boolean;
}

/**
 * Collects what one document says about one vulnerability. The OSV records report the fixes; here fixes only decide
 * what else still applies:
 *
 * - a document still lists a fixed package, and its source package, as affected: neither is reported
 * - where only a support channel or another product has the fix, builds from it on have it, wherever they come from;
 *   Leap takes its packages from the service pack of SUSE Linux Enterprise since 15.3
 * - "not affected" clears a package whatever else applies to it, so a single warning or fix cancels it
 */
export class VexStatements {
  private readonly told = new Map<string, Told>();
  private readonly scheme: VersionScheme | undefined = versionScheme('rpm');

  say(product: SuseProduct, { name, nameKind }: VexPackage, said: Saying): void {
    const entry: Entry = { place: product, nameKind, said };
    for (const namespace of product.namespaces) this.about(namespace, name).entries.push(entry);
  }

  fix(product: SuseProduct, { name, version, source }: VexBuild): void {
    for (const namespace of product.namespaces) {
      this.about(namespace, name).fixes.push({ place: product, version, ofSource: false });
      if (source !== undefined && source.name !== name) {
        this.about(namespace, source.name).fixes.push({ place: product, version: source.version, ofSource: true });
      }
    }
  }

  *packages(id: string): Generator<NamedPackage> {
    for (const { namespace, name, entries, fixes } of this.told.values()) {
      const holding = entries.filter((entry) => this.holds(entry, { entries, fixes }));
      const advisories = withoutNarrower(holding, (entry) =>
        this.advisoryOf(id, entry, [...fixes, ...this.fixesOfEnterprise(namespace, name)]),
      );
      const addOn = holding.every(({ place }) => place.release !== true);
      if (advisories.length > 0) yield { namespace, name, advisories, addOn };
    }
  }

  private about(namespace: string, name: string): Told {
    const key = `${namespace} ${name}`;
    let told = this.told.get(key);
    if (told === undefined) this.told.set(key, (told = { namespace, name, entries: [], fixes: [] }));
    return told;
  }

  private fixesOfEnterprise(namespace: string, name: string): readonly Fix[] {
    const release = /^opensuse-leap:(15\.[3-6])$/.exec(namespace)?.[1];
    return release === undefined ? [] : (this.told.get(`sles:${release} ${name}`)?.fixes ?? []);
  }

  private holds({ place, said }: Entry, { entries, fixes }: Pick<Told, 'entries' | 'fixes'>): boolean {
    if (said.state === 'not_affected') {
      const isSame = (other: { readonly place: Place }): boolean => other.place.channel === place.channel;
      return !fixes.some(isSame) && !entries.some((other) => other.said.state !== 'not_affected' && isSame(other));
    }
    const fixed = fixes.filter((fix) => isPlace(fix.place, place) || isPlace(fix.place, {}));
    // Where no fix is planned for a source package and one of its packages is fixed, the other packages are meant.
    return fixed.every(({ ofSource }) => ofSource && said.state === 'will_not_fix');
  }

  private advisoryOf(id: string, { nameKind, place, said }: Entry, fixes: readonly Fix[]): Advisory {
    const scope = scopeOf(place);
    const limit = said.state === 'not_affected' ? undefined : this.highest(fixes);
    return {
      id,
      ...said,
      // An affected source package means all its packages; for "not affected" the list of packages says more.
      ...(nameKind === 'either' && said.state !== 'not_affected' ? { nameKind } : {}),
      // The ids of builds have no epochs.
      ...(limit === undefined ? {} : { ranges: [{ limit }], epochs: 'auto' as const }),
      ...(scope === undefined ? {} : { scope }),
    };
  }

  /** Of several streams, only the highest fix is a fix for all. */
  private highest(fixes: readonly Fix[]): string | undefined {
    let highest: string | undefined;
    for (const { version } of fixes) {
      if (highest === undefined || (this.scheme?.compare(version, highest) ?? 0) > 0) highest = version;
    }
    return highest;
  }
}

function isPlace(a: Place, b: Place): boolean {
  return a.channel === b.channel && a.origin === b.origin;
}

function scopeOf({ channel, origin }: Place): AdvisoryScope | undefined {
  if (channel === undefined && origin === undefined) return undefined;
  return { ...(channel === undefined ? {} : { channel }), ...(origin === undefined ? {} : { origin }) };
}

/** Each advisory once; what applies to a whole release or channel is not repeated for a part of it. */
function withoutNarrower(entries: readonly Entry[], make: (entry: Entry) => Advisory): readonly Advisory[] {
  const advisories = new Map<string, Advisory>();
  const breadth = ({ place }: Entry): number =>
    Number(place.channel !== undefined) + 2 * Number(place.origin !== undefined);
  for (const entry of [...entries].sort((a, b) => breadth(a) - breadth(b))) {
    const { place, nameKind, said } = entry;
    const keyAt = (channel = '', origin = ''): string =>
      [said.state, said.reason ?? '', nameKind, channel, origin].join('\n');
    if (advisories.has(keyAt()) || advisories.has(keyAt(place.channel))) continue;
    const key = keyAt(place.channel, place.origin);
    if (!advisories.has(key)) advisories.set(key, make(entry));
  }
  return [...advisories.values()];
}
