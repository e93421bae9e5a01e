import { asObject, type JsonPath } from '@clarion/file-formats/documents';
import { advisoryStates } from '@clarion/model';
import type { JsonMembers, RecordFault } from './own-fault';
import { ownNamespaceRules } from './own-namespaces';

/** The parts of an `affected` entry that are evaluated. */
interface Entry {
  readonly path: JsonPath;
  readonly name: string;
  /** The state, if it applies to every version. */
  readonly ofAll: string | undefined;
}

/**
 * States without versions that contradict other entries for the same package: one of the entries applies to every
 * version, so the others would be ignored.
 */
export function* checkContradictions(affected: readonly unknown[]): Generator<RecordFault> {
  const packages = new Map<string, Entry[]>();
  for (const [index, value] of affected.entries()) {
    const entry = asObject(value);
    const pkg = asObject(entry?.['package']);
    const [ecosystem, name] = [pkg?.['ecosystem'], pkg?.['name']];
    const rules = typeof ecosystem === 'string' ? ownNamespaceRules(ecosystem) : undefined;
    if (entry === undefined || rules === undefined || typeof name !== 'string') continue;
    const key = `${rules.namespace}\0${rules.normalise?.(name) ?? name}`;
    const before = packages.get(key);
    const one = { path: ['affected', index], name, ofAll: stateOfAll(entry) };
    if (before === undefined) packages.set(key, [one]);
    else before.push(one);
  }
  for (const entries of packages.values()) {
    const states = new Set(entries.map(({ ofAll }) => ofAll));
    const bare = entries.find(({ ofAll }) => ofAll !== undefined);
    if (states.size < 2 || bare === undefined) continue;
    const message = `it says "${bare.ofAll ?? ''}" of every version of ${JSON.stringify(bare.name.slice(0, 80))}, and another entry says otherwise; name the versions, or leave one of them out`;
    yield { path: bare.path, message };
  }
}

function stateOfAll(entry: JsonMembers): string | undefined {
  const { ranges, versions, database_specific: own } = entry;
  const lists = [ranges, versions].flatMap((list): readonly unknown[] => (Array.isArray(list) ? list : []));
  if (lists.some((one) => asObject(one)?.['type'] !== 'GIT')) return undefined;
  const state = asObject(own)?.['state'];
  return advisoryStates.find((known) => known === state);
}
