import type { Advisory, AdvisoryScope, VersionScheme } from '@clarion/model';
import { versionScheme } from '@clarion/version-schemes';
import type { SuseProduct } from './products';
import type { VexBuild, VexPackage } from './vex-component';

/** What a document says of packages, whichever they are. */
export type Saying = Pick<Advisory, 'state' | 'severity' | 'vendorSeverity' | 'reason'>;

/** Support channel and product of a release, which scope what is said. */
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

/** What is said of one package of one release. */
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
  /** Only products beside the release are spoken of. */
  readonly addOn: boolean;
}

/**
 * Gathers what one document says of one vulnerability. Fixes themselves are told by the OSV records; here they decide
 * what else still holds:
 *
 * - a document keeps a package among the affected ones when it is fixed, and so its source package: neither is said
 * - where only a support channel or another product has the fix, builds from it on have it, wherever they came from;
 *   Leap takes its packages from the service pack of SUSE Linux Enterprise since 15.3
 * - "not affected" clears a package whatever else is said of it, so a single warning or fix takes it back
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
    // That no fix is planned for a source package while one of its packages is fixed means the other ones.
    return fixed.every(({ ofSource }) => ofSource && said.state === 'will_not_fix');
  }

  private advisoryOf(id: string, { nameKind, place, said }: Entry, fixes: readonly Fix[]): Advisory {
    const scope = scopeOf(place);
    const limit = said.state === 'not_affected' ? undefined : this.highest(fixes);
    return {
      id,
      ...said,
      // Of a source package all packages are affected; that it is not affected says less than the list of packages.
      ...(nameKind === 'either' && said.state !== 'not_affected' ? { nameKind } : {}),
      // The ids of builds tell no epochs.
      ...(limit === undefined ? {} : { ranges: [{ limit }], epochs: 'auto' as const }),
      ...(scope === undefined ? {} : { scope }),
    };
  }

  /** Of several streams only the highest fix is one for all. */
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

/** Each statement once; what holds for a whole release or channel need not be said again of a part of it. */
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
