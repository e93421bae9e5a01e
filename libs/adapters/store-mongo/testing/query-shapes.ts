import type { Document } from 'mongodb';

import type { CollectionName } from '../src/documents';
import { declaredIndexes } from '../src/indexes';

/**
 * How a query filters one member. One of `some` values is not an equality: a server merges only few of their intervals,
 * so a sort must begin with that member.
 */
type Condition = 'equal' | 'some' | 'range' | 'guard';

/** One question or write, without its values: what decides which index serves it. */
export interface QueryShape {
  readonly collection: string;
  readonly conditions: ReadonlyMap<string, Condition>;
  readonly sort: readonly string[];
  /** Whether all documents of the collection are read. */
  readonly isWalk: boolean;
}

/** The shapes in a command; none for commands without a query. Throws for commands that this store never sends. */
export function shapesOf(name: string, command: Document): readonly QueryShape[] {
  switch (name) {
    case 'find':
      return [shapeOf(String(command['find']), command)];
    case 'findAndModify':
      requirePlain(command['update']);
      return [
        shapeOf(String(command['findAndModify']), {
          filter: command['query'] as unknown,
          sort: command['sort'] as unknown,
          limit: 1,
        }),
      ];
    case 'update':
      for (const { u } of listOf(command['updates'])) requirePlain(u);
      return listOf(command['updates']).map(({ q }) => shapeOf(String(command['update']), { filter: q }));
    case 'delete':
      return listOf(command['deletes']).map(({ q }) => shapeOf(String(command['delete']), { filter: q }));
    case 'insert':
    case 'getMore':
    case 'killCursors':
    case 'createIndexes':
    case 'ping':
    case 'hello':
    case 'isMaster':
    case 'dbStats':
    case 'collStats':
    case 'endSessions':
      return [];
    default:
      throw new Error(`a command that the store does not need: ${name}`);
  }
}

interface Write {
  readonly q?: unknown;
  readonly u?: unknown;
}

function listOf(value: unknown): readonly Write[] {
  return value as readonly Write[];
}

function requirePlain(update: unknown): void {
  if (Array.isArray(update)) throw new Error('an update pipeline');
}

interface Query {
  readonly filter?: unknown;
  readonly sort?: unknown;
  readonly limit?: unknown;
}

function shapeOf(collection: string, { filter, sort, limit }: Query): QueryShape {
  const conditions = new Map(
    Object.entries((filter ?? {}) as Document).map(([name, value]) => [name, conditionOf(name, value)]),
  );
  const keys = sort instanceof Map ? [...sort.keys()].map(String) : Object.keys(sort ?? {});
  return { collection, conditions, sort: keys, isWalk: conditions.size === 0 && limit === undefined };
}

function conditionOf(name: string, value: unknown): Condition {
  if (name === '$or') return 'guard';
  if (name.startsWith('$')) throw new Error(`a filter with ${name}`);
  const operators = typeof value === 'object' && value !== null ? Object.keys(value) : [];
  if (operators.every((operator) => !operator.startsWith('$'))) return 'equal';
  if (operators.every((operator) => operator === '$in')) return 'some';
  if (operators.every((operator) => ['$gt', '$gte', '$lt', '$lte'].includes(operator))) return 'range';
  throw new Error(`a filter with ${operators.join(' ')}`);
}

/** A shape as text: `images {state, _id>} by _id`. */
export function describeShape({ collection, conditions, sort }: QueryShape): string {
  const marks = { equal: '', guard: '', some: ' of', range: '>' } as const;
  const members = [...conditions].map(([name, condition]) => `${name}${marks[condition]}`);
  return `${collection} {${members.join(', ')}}${sort.length === 0 ? '' : ` by ${sort.join(', ')}`}`;
}

/**
 * The index that serves a shape: `_id`, or a declared one whose first members are those compared for equality, then the
 * one with a range or some values, then the sort members. Undefined if the server would have to scan everything.
 */
export function servingIndex({ collection, conditions, sort }: QueryShape): string | undefined {
  const named = (kind: Condition) => [...conditions].flatMap(([name, condition]) => (condition === kind ? name : []));
  const equal = named('equal');
  const range = named('range');
  const some = named('some');
  // One document, or a few: all other conditions are guards.
  if (equal.includes('_id')) return '_id';
  if (some.includes('_id')) return sort.every((name) => name === '_id') ? '_id' : undefined;
  if (named('guard').length > 0) return undefined;
  if (!Object.hasOwn(declaredIndexes, collection)) throw new Error(`an unknown collection: ${collection}`);
  const indexes = [{ name: '_id', key: { _id: 1 } }, ...declaredIndexes[collection as CollectionName]];
  return indexes.find(({ key }) => serves(Object.keys(key), { equal, some, range, sort }))?.name;
}

function serves(
  keys: readonly string[],
  { equal, some, range, sort }: Readonly<Record<'equal' | 'some' | 'range' | 'sort', readonly string[]>>,
): boolean {
  const first = keys.slice(0, equal.length);
  if (range.length > 1 || some.length > 1 || !equal.every((name) => first.includes(name))) return false;
  const rest = keys.slice(equal.length);
  if (![...some, ...range].every((name, index) => rest[index] === name)) return false;
  return sort.every((name, index) => rest[index] === name);
}
