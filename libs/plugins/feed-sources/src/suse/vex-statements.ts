import type { Advisory, AdvisoryScope, VersionScheme } from '@clarion/model';
import { versionScheme } from '@clarion/version-schemes';
import type { SuseProduct } from './products';
import type { VexBuild, VexPackage } from './vex-component';

/** What a document says about packages, whichever they are. */
export type PackageStatement = Pick<Advisory, 'state' | 'severity' | 'vendorSeverity' | 'reason'>;

/** Support channel and product of a release: the scope of an entry. */
type ProductScope = Pick<SuseProduct, 'channel' | 'installedProduct' | 'release'>;

interface Entry {
  readonly product: ProductScope;
  readonly nameKind: VexPackage['nameKind'];
  readonly statement: PackageStatement;
}

interface Fix {
  readonly product: ProductScope;
  readonly version: string;
  /** Whether the name is that of the source package. */
  readonly ofSource: boolean;
}

/** All entries and fixes for one package of one release. */
interface PackageEntries {
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
  private readonly collected = new Map<string, PackageEntries>();
  private readonly scheme: VersionScheme | undefined = versionScheme('rpm');

  say(product: SuseProduct, { name, nameKind }: VexPackage, statement: PackageStatement): void {
    const entry: Entry = { product, nameKind, statement };
    for (const namespace of product.namespaces) this.about(namespace, name).entries.push(entry);
  }

  fix(product: SuseProduct, { name, version, source }: VexBuild): void {
    for (const namespace of product.namespaces) {
      this.about(namespace, name).fixes.push({ product, version, ofSource: false });
      if (source !== undefined && source.name !== name) {
        this.about(namespace, source.name).fixes.push({ product, version: source.version, ofSource: true });
      }
    }
  }

  *packages(id: string): Generator<NamedPackage> {
    for (const { namespace, name, entries, fixes } of this.collected.values()) {
      const applying = entries.filter((entry) => this.applies(entry, { entries, fixes }));
      const advisories = withoutNarrower(applying, (entry) =>
        this.advisoryOf(id, entry, [...fixes, ...this.fixesOfEnterprise(namespace, name)]),
      );
      const addOn = applying.every(({ product }) => product.release !== true);
      if (advisories.length > 0) yield { namespace, name, advisories, addOn };
    }
  }

  private about(namespace: string, name: string): PackageEntries {
    const key = `${namespace} ${name}`;
    let known = this.collected.get(key);
    if (known === undefined) this.collected.set(key, (known = { namespace, name, entries: [], fixes: [] }));
    return known;
  }

  private fixesOfEnterprise(namespace: string, name: string): readonly Fix[] {
    const release = /^opensuse-leap:(15\.[3-6])$/.exec(namespace)?.[1];
    return release === undefined ? [] : (this.collected.get(`sles:${release} ${name}`)?.fixes ?? []);
  }

  private applies(
    { product, statement }: Entry,
    { entries, fixes }: Pick<PackageEntries, 'entries' | 'fixes'>,
  ): boolean {
    if (statement.state === 'not_affected') {
      const isSame = (other: { readonly product: ProductScope }): boolean => other.product.channel === product.channel;
      return !fixes.some(isSame) && !entries.some((other) => other.statement.state !== 'not_affected' && isSame(other));
    }
    const fixed = fixes.filter((fix) => isSameScope(fix.product, product) || isSameScope(fix.product, {}));
    // Where no fix is planned for a source package and one of its packages is fixed, the other packages are meant.
    return fixed.every(({ ofSource }) => ofSource && statement.state === 'will_not_fix');
  }

  private advisoryOf(id: string, { nameKind, product, statement }: Entry, fixes: readonly Fix[]): Advisory {
    const scope = scopeOf(product);
    const limit = statement.state === 'not_affected' ? undefined : this.highest(fixes);
    return {
      id,
      ...statement,
      // An affected source package means all its packages; for "not affected" the list of packages says more.
      ...(nameKind === 'either' && statement.state !== 'not_affected' ? { nameKind } : {}),
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

function isSameScope(a: ProductScope, b: ProductScope): boolean {
  return a.channel === b.channel && a.installedProduct === b.installedProduct;
}

function scopeOf({ channel, installedProduct }: ProductScope): AdvisoryScope | undefined {
  if (channel === undefined && installedProduct === undefined) return undefined;
  return {
    ...(channel === undefined ? {} : { channel }),
    ...(installedProduct === undefined ? {} : { origin: installedProduct }),
  };
}

/** Each advisory once; what applies to a whole release or channel is not repeated for a part of it. */
function withoutNarrower(entries: readonly Entry[], make: (entry: Entry) => Advisory): readonly Advisory[] {
  const advisories = new Map<string, Advisory>();
  const breadth = ({ product }: Entry): number =>
    Number(product.channel !== undefined) + 2 * Number(product.installedProduct !== undefined);
  for (const entry of [...entries].sort((a, b) => breadth(a) - breadth(b))) {
    const { product, nameKind, statement } = entry;
    const keyAt = (channel = '', installedProduct = ''): string =>
      [statement.state, statement.reason ?? '', nameKind, channel, installedProduct].join('\n');
    if (advisories.has(keyAt()) || advisories.has(keyAt(product.channel))) continue;
    const key = keyAt(product.channel, product.installedProduct);
    if (!advisories.has(key)) advisories.set(key, make(entry));
  }
  return [...advisories.values()];
}
