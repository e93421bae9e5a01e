import type { Advisory, AdvisoryGroup, AdvisoryScope } from '@clarion/model';
import { versionScheme } from '@clarion/version-schemes';
import type { ProductStatement } from './product-statements';
import type { VexStatement } from './statements';

/** Where the groups of a document belong. */
export interface GroupSource {
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
export function groupsOf(statements: readonly VexStatement[], source: GroupSource): readonly AdvisoryGroup[] {
  const groups = new Map<string, Advisory[]>();
  const first = new Map<string, VexStatement>();
  for (const merged of joinProducts(
    joinArchitectures(withoutContradictions(withoutHigherBuilds(withoutSources(statements)))),
  )) {
    const { statement } = merged;
    const key = `${statement.target.namespace}\0${statement.component.name}`;
    const advisories = groups.get(key);
    if (advisories === undefined) {
      groups.set(key, [toAdvisory(merged, source.id)]);
      first.set(key, statement);
    } else {
      advisories.push(toAdvisory(merged, source.id));
    }
  }
  return [...first].map(([key, statement]) => ({
    namespace: statement.target.namespace,
    package: statement.component.name,
    feed: source.feed,
    document: source.document,
    nameKind: 'binary',
    scheme: 'rpm',
    advisories: groups.get(key) ?? [],
  }));
}

/** Drops the source package of each build whose binary packages are listed for the same product. */
function withoutSources(statements: readonly VexStatement[]): readonly VexStatement[] {
  const isBuild = ({ component }: VexStatement, kind: 'source' | 'binary') =>
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
function withoutHigherBuilds(statements: readonly VexStatement[]): readonly VexStatement[] {
  const scheme = versionScheme('rpm');
  const lowest = new Map<string, string>();
  for (const statement of statements) {
    const { version } = statement.component;
    if (version === undefined || statement.facts.advisory === undefined) continue;
    const key = erratumKey(statement);
    const known = lowest.get(key);
    if (known === undefined || (scheme?.compare(version, known) ?? 0) < 0) lowest.set(key, version);
  }
  return statements.filter((statement) => {
    const known = lowest.get(erratumKey(statement));
    return known === undefined || (scheme?.compare(statement.component.version ?? known, known) ?? 0) <= 0;
  });
}

function erratumKey({ target, component, cpe, facts }: VexStatement): string {
  const { name, nameKind, module = '', architecture = '' } = component;
  const { namespace, channel = '' } = target;
  return JSON.stringify([facts.state, facts.advisory, cpe, namespace, channel, nameKind, name, module, architecture]);
}

/** Binary packages of a build may have another epoch than its source. */
function buildKey({ cpe, component: { module, version = '' }, facts }: VexStatement): string {
  return `${facts.state}\0${cpe}\0${module ?? ''}\0${version.replace(/^\d+:/, '')}`;
}

/** Drops "not affected" for a package in a product that the document warns about elsewhere. */
function withoutContradictions(statements: readonly VexStatement[]): readonly VexStatement[] {
  if (!statements.some(({ facts }) => facts.state === 'not_affected')) return statements;
  const warned = new Set<string>();
  for (const statement of statements) if (statement.facts.state !== 'not_affected') warned.add(productKey(statement));
  return statements.filter(
    (statement) => statement.facts.state !== 'not_affected' || !warned.has(productKey(statement)),
  );
}

function productKey({ target, component: { name, module }, cpe }: VexStatement): string {
  return `${target.namespace}\0${name}\0${module ?? ''}\0${cpe}`;
}

interface Merged {
  readonly statement: VexStatement;
  /** Everything but product and architecture. */
  readonly key: string;
  readonly architectures: Set<string>;
  readonly cpes: Set<string>;
}

function joinArchitectures(statements: readonly VexStatement[]): Iterable<Merged> {
  const merged = new Map<string, Merged>();
  const numberOf = numbering();
  for (const statement of statements) {
    const { target, component, cpe, facts } = statement;
    const { name, nameKind, module = '', architecture = '' } = component;
    // Only a fix depends on the version of the build.
    const version = facts.state === 'fixed' ? (component.version ?? '') : '';
    const { namespace, channel = '' } = target;
    const key = `${namespace}\0${name}\0${nameKind}\0${module}\0${channel}\0${version}\0${numberOf(facts)}`;
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
function numbering(): (facts: ProductStatement) => number {
  const byObject = new Map<ProductStatement, number>();
  const byText = new Map<string, number>();
  return (facts) => {
    let number = byObject.get(facts);
    if (number === undefined) {
      const { state, advisory, vendorSeverity, reason, published } = facts;
      const text = JSON.stringify([state, advisory, vendorSeverity, reason, published]);
      number = byText.get(text) ?? byText.size;
      byText.set(text, number);
      byObject.set(facts, number);
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
  const { component, facts } = merged.statement;
  const { nameKind, version } = component;
  return {
    id,
    ...facts,
    ...(facts.state === 'fixed' && version !== undefined ? { ranges: [{ fixed: version }] } : {}),
    scope: scopeOf(merged),
    ...(nameKind === 'binary' ? {} : { nameKind }),
    // The source package of an installed rpm is known without its epoch.
    ...(nameKind === 'source' ? { epochs: 'auto' as const } : {}),
  };
}

function scopeOf(merged: Merged): AdvisoryScope {
  const { component, target } = merged.statement;
  const architectures = architecturesOf(merged);
  return {
    ...(architectures.length > 0 ? { architectures } : {}),
    ...(component.module === undefined ? {} : { module: component.module }),
    cpes: [...merged.cpes].sort(),
    ...(target.channel === undefined ? {} : { channel: target.channel }),
  };
}
