import type { ChangesSince, LoggedChange } from '@clarion/model';
import type { Transaction } from 'lmdb';

import { read, type StoreEnvironment, unpack } from './environment';
import { after, behind, keyPart, keysBelow, type RecordKind } from './keys';
import { changeKeyOf, toChange } from './logged-change';
import { type NewestUpdates, newestUpdates } from './newest-change';

/** Changes that are read in one snapshot. */
const batchSize = 500;

/** What of the log is read. */
export interface LogBounds {
  /** Parts of keys: the updates behind which each feed is read. */
  readonly since: ReadonlyMap<string, string>;
  /** The updates until which it is read; of feeds that are not in it, none. */
  readonly until: NewestUpdates;
}

/** An iteration over the log. What it reads ends with the updates that were committed when it began. */
export class LogIteration {
  private readonly env: StoreEnvironment;
  private readonly since: ReadonlyMap<string, string>;
  private until: NewestUpdates | undefined;

  constructor(env: StoreEnvironment, since: ChangesSince) {
    this.env = env;
    this.since = new Map(Array.from(since, ([feed, update]) => [keyPart(feed), keyPart(update)]));
  }

  /** Runs one piece of the iteration in a snapshot. */
  read<T>(action: (transaction: Transaction, bounds: LogBounds) => T): T {
    return read(this.env, (transaction) => {
      this.until ??= newestUpdates(this.env, { transaction });
      return action(transaction, { since: this.since, until: this.until });
    });
  }

  /** All changes below some beginnings of keys in an index; with `firstOnly`, the first one of each thing. */
  async *changes(
    kind: RecordKind,
    beginnings: readonly (readonly string[])[],
    { firstOnly = false }: { readonly firstOnly?: boolean } = {},
  ): AsyncGenerator<LoggedChange> {
    const seen = firstOnly ? new Set<string>() : undefined;
    const prefixes = [...new Set(beginnings.map((parts) => keysBelow(kind, ...parts).start))].sort();
    const { end } = keysBelow(kind);
    let position: LogPosition | undefined = { prefix: 0, from: '' };
    while (position !== undefined) {
      const from: LogPosition = position;
      const { items, next } = this.read((transaction, bounds) =>
        someChanges(this.env, transaction, { ...bounds, prefixes, end, from, seen }),
      );
      for (const item of items) yield await Promise.resolve(item);
      position = next;
    }
  }
}

/** Where the next snapshot goes on. */
interface LogPosition {
  /** Of the list of prefixes. */
  readonly prefix: number;
  /** Empty at the start of a prefix. */
  readonly from: string;
}

interface LogPiece extends LogBounds {
  readonly prefixes: readonly string[];
  /** Behind all keys of the index. */
  readonly end: string;
  readonly from: LogPosition;
  /** Of the prefix that is read: the things whose first change was found; undefined where all are wanted. */
  readonly seen: Set<string> | undefined;
}

/**
 * Looks prefixes up in key order: if a lookup returns a later key, nothing stored lies in between, so that names without
 * changes, which are nearly all, cost a comparison instead of a lookup.
 */
function someChanges(
  env: StoreEnvironment,
  transaction: Transaction,
  piece: LogPiece,
): { readonly items: readonly LoggedChange[]; readonly next: LogPosition | undefined } {
  const { prefixes, end, from, seen } = piece;
  const items: LoggedChange[] = [];
  let stored = '';
  for (let index = from.prefix; index < prefixes.length; index += 1) {
    const prefix = prefixes[index] ?? '';
    if (stored > prefix && !stored.startsWith(prefix)) continue;
    const start = index === from.prefix && from.from !== '' ? from.from : prefix;
    if (start === prefix) seen?.clear();
    stored = end;
    for (const key of logKeys(env, transaction, { ...piece, prefix, start, end })) {
      stored = key;
      if (!key.startsWith(prefix)) break;
      if (seen !== undefined && !isFirst(key, prefix, seen)) {
        stored = end;
        continue;
      }
      const changeKey = changeKeyOf(key);
      items.push(toChange(changeKey, unpack(env, env.db.get(changeKey, { transaction }))));
      if (items.length >= batchSize) return { items, next: { prefix: index, from: after(key) } };
      stored = end;
    }
  }
  return { items, next: undefined };
}

/** Whether it is the first change of a thing; values of others, which are most of a long log, are not read. */
function isFirst(key: string, prefix: string, seen: Set<string>): boolean {
  // The feed, the update, and the rest.
  const update = key.indexOf('\t', prefix.length) + 1;
  const thing = key.slice(prefix.length, update) + key.slice(key.indexOf('\t', update));
  if (seen.has(thing)) return false;
  seen.add(thing);
  return true;
}

interface KeyRange extends LogBounds {
  /** What is looked up; the feed and the update follow. */
  readonly prefix: string;
  readonly start: string;
  /** Behind the last key to look at: of the prefix, or of the index. */
  readonly end: string;
  /** Called after each key: whether the other ones of its feed are not needed. */
  readonly isDone?: () => boolean;
}

/**
 * The keys of a prefix in an index within the bounds, by feed and update, and at last the first key behind the prefix,
 * if that is before `end`.
 */
export function* logKeys(env: StoreEnvironment, transaction: Transaction, range: KeyRange): Generator<string> {
  const { prefix, end, since, until, isDone = () => false } = range;
  let { start } = range;
  for (;;) {
    let jump: string | undefined;
    for (const key of env.db.getKeys({ start, end, transaction })) {
      if (!key.startsWith(prefix)) {
        yield key;
        return;
      }
      const [feed = '', update = ''] = key.slice(prefix.length).split('\t', 2);
      const known = since.get(feed);
      if (known !== undefined && update <= known) {
        jump = behind(`${prefix}${feed}\t${known}`);
        break;
      }
      if (update > (until.get(feed) ?? '')) {
        jump = behind(`${prefix}${feed}`);
        break;
      }
      yield key;
      if (isDone()) {
        jump = behind(`${prefix}${feed}`);
        break;
      }
    }
    if (jump === undefined) return;
    start = jump;
  }
}
