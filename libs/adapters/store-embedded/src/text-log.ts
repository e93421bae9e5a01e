import type { TextChange } from '@clarion/model';
import type { Transaction } from 'lmdb';

import { type StoreEnvironment, unpack } from './environment';
import { behind, keyPart, keysBelow } from './keys';
import { logKeys, type LogBounds, type LogIteration } from './log-reader';
import { changeKeyOf, toChange } from './logged-change';
import { scoreChangesOf, scoreLogPrefix, takeFirstOfPage } from './score-log';
import { bucketOf } from './score-pages';

/** Changes that are read in one snapshot, or all of one page of scores. */
const batchSize = 500;

export interface TextChangesAsked {
  readonly ids: readonly string[];
  /** Later changes of a record are not needed. */
  readonly firstOnly: boolean;
}

/** The changes of the records of vulnerabilities: single ones, and those of scores, which are kept by page. */
export async function* textChanges(
  env: StoreEnvironment,
  iteration: LogIteration,
  { ids, firstOnly }: TextChangesAsked,
): AsyncGenerator<TextChange> {
  const pages = pagesOf(ids);
  let next = 0;
  while (next < pages.length) {
    const items = iteration.read((transaction, bounds) => {
      const found: TextChange[] = [];
      for (; next < pages.length && found.length < batchSize; next += 1) {
        const page = { ids: pages[next] ?? [], firstOnly };
        for (const change of changesOfPage(env, transaction, { ...bounds, ...page })) found.push(change);
      }
      return found;
    });
    for (const item of items) yield await Promise.resolve(item);
  }
}

/** The ids that share a page, and each of the others alone. */
function pagesOf(ids: readonly string[]): readonly (readonly string[])[] {
  const pages = new Map<string, string[]>();
  for (const id of [...new Set(ids)].sort()) {
    const bucket = bucketOf(id);
    const known = pages.get(bucket);
    if (known === undefined) pages.set(bucket, [id]);
    else known.push(id);
  }
  return [...pages.values()];
}

type PageAsked = LogBounds & TextChangesAsked;

/** In the order of ids, feeds and updates. */
function changesOfPage(env: StoreEnvironment, transaction: Transaction, asked: PageAsked): readonly TextChange[] {
  const single = singleChanges(env, transaction, asked);
  const paged = pagedChanges(env, transaction, asked);
  if (paged.length === 0) return single;
  return [...single, ...paged].sort(
    (a, b) => compare(a.vulnerability, b.vulnerability) || compare(a.feed, b.feed) || compare(a.update, b.update),
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Looks ids up in key order: up to the key that a lookup returned, nothing is stored (`someChanges`). */
function singleChanges(env: StoreEnvironment, transaction: Transaction, asked: PageAsked): readonly TextChange[] {
  const changes: TextChange[] = [];
  const isDone = () => asked.firstOnly;
  const { end } = keysBelow('changed-text');
  let stored = '';
  for (const prefix of asked.ids.map((id) => keysBelow('changed-text', id).start).sort()) {
    if (stored > prefix && !stored.startsWith(prefix)) continue;
    stored = end;
    for (const key of logKeys(env, transaction, { ...asked, isDone, prefix, start: prefix, end })) {
      stored = key;
      if (!key.startsWith(prefix)) break;
      const changeKey = changeKeyOf(key);
      changes.push(toChange(changeKey, unpack(env, env.db.get(changeKey, { transaction }))) as TextChange);
      stored = end;
    }
  }
  return changes;
}

function pagedChanges(env: StoreEnvironment, transaction: Transaction, asked: PageAsked): readonly TextChange[] {
  const wanted = new Set(asked.ids.filter((id) => id.length > 2 && keyPart(id) === id));
  const [first] = wanted;
  if (first === undefined) return [];
  const prefix = scoreLogPrefix(bucketOf(first));
  const changes: TextChange[] = [];
  let feed = '';
  let missing = new Set<string>();
  const isDone = () => asked.firstOnly && missing.size === 0;
  for (const key of logKeys(env, transaction, { ...asked, isDone, prefix, start: prefix, end: endOf(prefix) })) {
    const ofFeed = key.slice(0, key.lastIndexOf('\t'));
    if (ofFeed !== feed) missing = new Set(wanted);
    feed = ofFeed;
    const page = { key, value: unpack(env, env.db.get(key, { transaction })) };
    for (const change of asked.firstOnly ? takeFirstOfPage(page, missing) : scoreChangesOf(page, wanted))
      changes.push(change);
  }
  return changes;
}

/** Behind the keys that begin with a prefix, which ends with a tab. */
function endOf(prefix: string): string {
  return behind(prefix.slice(0, -1));
}
