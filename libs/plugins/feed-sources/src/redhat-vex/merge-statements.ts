import type { Advisory, AdvisoryGroup, AdvisoryScope } from '@clarion/model';
import { versionScheme } from '@clarion/version-schemes';
import type { ProductStatement } from './product-statements';
import type { Statement } from './statements';

/** Where the groups of a document belong. */
export interface GroupPlace {
  readonly feed: string;
  readonly document: string;
  /** The vulnerability that all entries are about. */
  readonly id: string;
}

/**
 * One group per package, from the product status entries of one vulnerability. Entries that differ only in
 * architecture, then those that differ only in product, are merged. Of several builds in one erratum for one product
 * (for several of its minor releases) the lowest counts, since each of them is a fix. Where binary packages of a build
 * are listed, its source package is dropped. Where one product is called affected and not affected, the warning wins.
 */
export function groupsOf(statements: readonly Statement[], place: GroupPlace): readonly AdvisoryGroup[] {
  const groups = new Map<string, Advisory[]>();
  const first = new Map<string, Statement>();
  for (const merged of joinProducts(
    joinArchitectures(withoutContradictions(withoutHigherBuilds(withoutSources(statements)))),
  )) {
    const { statement } = merged;
    const key = `${statement.place.namespace}\0${statement.component.name}`;
    const advisories = groups.get(key);
    if (advisories === undefined) {
      groups.set(key, [toAdvisory(merged, place.id)]);
      first.set(key, statement);
    } else {
      advisories.push(toAdvisory(merged, place.id));
    }
  }
  return [...first].map(([key, statement]) => ({
    namespace: statement.place.namespace,
    package: statement.component.name,
    feed: place.feed,
    document: place.document,
    nameKind: 'binary',
    scheme: 'rpm',
    advisories: groups.get(key) ?? [],
  }));
}

/** Drops the source package of each build whose binary packages are listed for the same product. */
function withoutSources(statements: readonly Statement[]): readonly Statement[] {
  const isBuild = ({ component }: Statement, kind: 'source' | 'binary') =>
    component.nameKind === kind && component.version !== undefined;
  const sources = new Set<string>();
  for (const statement of statements) if (isBuild(statement, 'source')) sources.add(buildKey(statement));
  if (sources.size === 0) return statements;
  const builds = new Set<string>();
  for (const statement of statements) {
    if (isBuild(statement, 'binary')) builds.add(buildKey(statement));
  }
  return statements.filter((statement) => !isBuild(statement, 'source') || !builds.has(buildKey(statement)));
}

/** Drops fixes of an erratum for a package in a product that has a lower one. */
function withoutHigherBuilds(statements: readonly Statement[]): readonly Statement[] {
  const scheme = versionScheme('rpm');
  const lowest = new Map<string, string>();
  for (const statement of statements) {
    const { version } = statement.component;
    if (version === undefined || statement.said.advisory === undefined) continue;
    const key = erratumKey(statement);
    const known = lowest.get(key);
    if (known === undefined || (scheme?.compare(version, known) ?? 0) < 0) lowest.set(key, version);
  }
  return statements.filter((statement) => {
    const known = lowest.get(erratumKey(statement));
    return known === undefined || (scheme?.compare(statement.component.version ?? known, known) ?? 0) <= 0;
  });
}

function erratumKey({ place, component, cpe, said }: Statement): string {
  const { name, nameKind, module = '', architecture = '' } = component;
  const { namespace, channel = '' } = place;
  return JSON.stringify([said.state, said.advisory, cpe, namespace, channel, nameKind, name, module, architecture]);
}

/** Binary packages of a build may have another epoch than its source. */
function buildKey({ cpe, component: { module, version = '' }, said }: Statement): string {
  return `${said.state}\0${cpe}\0${module ?? ''}\0${version.replace(/^\d+:/, '')}`;
}

/** Drops "not affected" for a package in a product that the document warns about elsewhere. */
function withoutContradictions(statements: readonly Statement[]): readonly Statement[] {
  if (!statements.some(({ said }) => said.state === 'not_affected')) return statements;
  const warned = new Set<string>();
  for (const statement of statements) if (statement.said.state !== 'not_affected') warned.add(productKey(statement));
  return statements.filter(
    (statement) => statement.said.state !== 'not_affected' || !warned.has(productKey(statement)),
  );
}

function productKey({ place, component: { name, module }, cpe }: Statement): string {
  return `${place.namespace}\0${name}\0${module ?? ''}\0${cpe}`;
}

interface Merged {
  readonly statement: Statement;
  /** Everything but product and architecture. */
  readonly key: string;
  readonly architectures: Set<string>;
  readonly cpes: Set<string>;
}

function joinArchitectures(statements: readonly Statement[]): Iterable<Merged> {
  const merged = new Map<string, Merged>();
  const numberOf = numbering();
  for (const statement of statements) {
    const { place, component, cpe, said } = statement;
    const { name, nameKind, module = '', architecture = '' } = component;
    // Only a fix depends on the version of the build.
    const version = said.state === 'fixed' ? (component.version ?? '') : '';
    const { namespace, channel = '' } = place;
    const key = `${namespace}\0${name}\0${nameKind}\0${module}\0${channel}\0${version}\0${numberOf(said)}`;
    const keyInProduct = `${key}\0${cpe}`;
    const known = merged.get(keyInProduct);
    if (known === undefined) {
      merged.set(keyInProduct, { statement, key, architectures: new Set([architecture]), cpes: new Set([cpe]) });
    } else {
      known.architectures.add(architecture);
    }
  }
  return merged.values();
}

/** Numbers each `ProductStatement`, equal ones alike. Most are the same object, which saves comparing their texts. */
function numbering(): (said: ProductStatement) => number {
  const byObject = new Map<ProductStatement, number>();
  const byText = new Map<string, number>();
  return (said) => {
    let number = byObject.get(said);
    if (number === undefined) {
      const { state, advisory, vendorSeverity, reason, published } = said;
      const text = JSON.stringify([state, advisory, vendorSeverity, reason, published]);
      number = byText.get(text) ?? byText.size;
      byText.set(text, number);
      byObject.set(said, number);
    }
    return number;
  };
}

function joinProducts(statements: Iterable<Merged>): Iterable<Merged> {
  const merged = new Map<string, Merged>();
  for (const one of statements) {
    const key = `${one.key}\0${architecturesOf(one).join(' ')}`;
    const known = merged.get(key);
    if (known === undefined) merged.set(key, one);
    else for (const cpe of one.cpes) known.cpes.add(cpe);
  }
  return merged.values();
}

/** Sorted; empty for any. */
function architecturesOf({ architectures }: Merged): readonly string[] {
  return architectures.has('') || architectures.has('noarch') ? [] : [...architectures].sort();
}

function toAdvisory(merged: Merged, id: string): Advisory {
  const { component, said } = merged.statement;
  const { nameKind, version } = component;
  return {
    id,
    ...said,
    ...(said.state === 'fixed' && version !== undefined ? { ranges: [{ fixed: version }] } : {}),
    scope: scopeOf(merged),
    ...(nameKind === 'binary' ? {} : { nameKind }),
    // The source package of an installed rpm is known without its epoch.
    ...(nameKind === 'source' ? { epochs: 'auto' as const } : {}),
  };
}

function scopeOf(merged: Merged): AdvisoryScope {
  const { component, place } = merged.statement;
  const architectures = architecturesOf(merged);
  return {
    ...(architectures.length > 0 ? { architectures } : {}),
    ...(component.module === undefined ? {} : { module: component.module }),
    cpes: [...merged.cpes].sort(),
    ...(place.channel === undefined ? {} : { channel: place.channel }),
  };
}
