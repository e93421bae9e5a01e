import type { Advisory, AdvisoryGroup, AdvisoryScope } from '@clarion/model';
import type { Statement } from './statements';

/** Where the groups of a document belong. */
export interface GroupPlace {
  readonly feed: string;
  readonly document: string;
  /** The vulnerability that all statements are about. */
  readonly id: string;
}

/**
 * One group a package, from statements of one vulnerability. Statements that differ only in architecture, then those
 * that differ only in product, become one. Where binary packages of a build are listed, its source package says
 * nothing more; and where one product is said to be affected and not affected, the warning stands.
 */
export function groupsOf(statements: readonly Statement[], place: GroupPlace): readonly AdvisoryGroup[] {
  const builds = new Set<string>();
  const warned = new Set<string>();
  for (const statement of statements) {
    if (statement.nameKind === 'binary' && statement.version !== undefined) builds.add(buildKey(statement));
    if (statement.said.state !== 'not_affected') warned.add(productKey(statement));
  }
  const kept = statements.filter((statement) => {
    if (statement.nameKind === 'source' && statement.version !== undefined && builds.has(buildKey(statement)))
      return false;
    return statement.said.state !== 'not_affected' || !warned.has(productKey(statement));
  });
  const groups = new Map<string, Advisory[]>();
  const first = new Map<string, Statement>();
  for (const merged of joinProducts(joinArchitectures(kept))) {
    const key = `${merged.statement.namespace}\0${merged.statement.package}`;
    const advisories = groups.get(key);
    if (advisories === undefined) groups.set(key, [toAdvisory(merged, place.id)]);
    else advisories.push(toAdvisory(merged, place.id));
    first.set(key, merged.statement);
  }
  return [...first].map(([key, { namespace, package: name }]) => ({
    namespace,
    package: name,
    feed: place.feed,
    document: place.document,
    nameKind: 'binary',
    scheme: 'rpm',
    advisories: groups.get(key) ?? [],
  }));
}

function buildKey({ cpe, module, version, said }: Statement): string {
  return `${said.state}\0${cpe}\0${module ?? ''}\0${version?.replace(/^\d+:/, '') ?? ''}`;
}

function productKey({ namespace, package: name, module, cpe }: Statement): string {
  return `${namespace}\0${name}\0${module ?? ''}\0${cpe}`;
}

interface Merged {
  readonly statement: Statement;
  readonly architectures: Set<string>;
  readonly cpes: Set<string>;
}

function joinArchitectures(statements: readonly Statement[]): Iterable<Merged> {
  const merged = new Map<string, Merged>();
  for (const statement of statements) {
    const key = `${sayingKey(statement)}\0${statement.cpe}`;
    const known = merged.get(key);
    if (known === undefined) {
      merged.set(key, {
        statement,
        architectures: new Set([statement.architecture]),
        cpes: new Set([statement.cpe]),
      });
    } else {
      known.architectures.add(statement.architecture);
    }
  }
  return merged.values();
}

function joinProducts(statements: Iterable<Merged>): Iterable<Merged> {
  const merged = new Map<string, Merged>();
  for (const one of statements) {
    const key = `${sayingKey(one.statement)}\0${architecturesOf(one).join(' ')}`;
    const known = merged.get(key);
    if (known === undefined) merged.set(key, one);
    else for (const cpe of one.cpes) known.cpes.add(cpe);
  }
  return merged.values();
}

/** Everything but product and architecture. That a version is not affected says the same of each of its builds. */
function sayingKey({ namespace, package: name, nameKind, module, channel, version, said }: Statement): string {
  const { state, advisory, vendorSeverity, reason, published } = said;
  const parts = [namespace, name, nameKind, module, channel, state === 'fixed' ? version : '', state, advisory];
  return [...parts, vendorSeverity, reason, published].join('\0');
}

/** Sorted; empty for any. */
function architecturesOf({ architectures }: Merged): readonly string[] {
  return architectures.has('') || architectures.has('noarch') ? [] : [...architectures].sort();
}

function toAdvisory(merged: Merged, id: string): Advisory {
  const { nameKind, version, said } = merged.statement;
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
  const { module, channel } = merged.statement;
  const architectures = architecturesOf(merged);
  return {
    ...(architectures.length > 0 ? { architectures } : {}),
    ...(module === undefined ? {} : { module }),
    cpes: [...merged.cpes].sort(),
    ...(channel === undefined ? {} : { channel }),
  };
}
