import { formatTag, type TagName, type TagPeriod, type TagState, type TagStore } from '@clarion/model';
import { checkLimit, movedTag, movePart, sortableTime, type TagMove } from '@clarion/store-rules';

import { type StoreEnvironment, read, settle, write } from './environment';
import { imageOf } from './image-records';
import { keysBelow, recordKey } from './keys';
import { settleWrite } from './long-commits';
import { firstPage, type PageItem } from './pages';
import { removeInBatches } from './removal';

/**
 * The images of tags: one record per tag, and one for each image that it named before. Both are written in one
 * transaction, so that two concurrent moves are serialised.
 */
export function tagStore(env: StoreEnvironment): TagStore {
  const { db } = env;
  return {
    moveTag: (name, image, { at, moves, byRegistry }) =>
      settleWrite(env, () =>
        write(env, () => move(env, { name, image, at, seen: moves, byRegistry }), { durable: true }),
      ),
    tags: (names) =>
      settle(() =>
        read(env, (transaction) => {
          const states = names.map((name) => db.get(tagKey(name), { transaction }) as TagState | undefined);
          return new Map(states.flatMap((state) => (state === undefined ? [] : [[formatTag(state), state] as const])));
        }),
      ),
    tagPeriods: (name, { after, limit }) =>
      settle(() => {
        checkLimit({ limit });
        return read(env, (transaction) => {
          const state = db.get(tagKey(name), { transaction }) as TagState | undefined;
          const bounds = keysBelow('tag-period', name.repository, name.tag);
          const earlier = db.getRange({ ...bounds, transaction }).map(({ value }) => value as Period);
          return firstPage(skipTo(after, withEnds(state, earlier)), { limit });
        });
      }),
  };
}

/** An image that a tag named before another one. */
type Period = Pick<TagState, 'image' | 'from' | 'moves'>;

function move({ db }: StoreEnvironment, to: TagMove): TagState {
  const known = db.get(tagKey(to.name)) as TagState | undefined;
  const state = movedTag(known, to);
  if (state === known) return state;
  if (known !== undefined && known.image !== state.image) {
    const { moves, image: earlier, from: since } = known;
    db.putSync(periodKey(to.name, moves), { image: earlier, from: since, moves } satisfies Period);
  }
  db.putSync(tagKey(to.name), state);
  return state;
}

/** Each period ends when the next one, which precedes it in the list, begins. */
function* withEnds(state: TagState | undefined, earlier: Iterable<Period>): Generator<PageItem<TagPeriod>> {
  let until: string | null = null;
  for (const { image, from, moves } of state === undefined ? earlier : joined(state, earlier)) {
    yield [String(moves), { image, from, until }];
    until = from;
  }
}

function* joined(first: Period, others: Iterable<Period>): Generator<Period> {
  yield first;
  yield* others;
}

/** The periods after a cursor; their numbers count down. */
function* skipTo<T>(after: string | undefined, placed: Iterable<PageItem<T>>): Generator<PageItem<T>> {
  for (const one of placed) if (after === undefined || Number(one[0]) < Number(after)) yield one;
}

function tagKey({ repository, tag }: TagName): string {
  return recordKey('tag', repository, tag);
}

/** Sorts the newest first. */
function periodKey({ repository, tag }: TagName, moves: number): string {
  return recordKey('tag-period', repository, tag, movePart(moves));
}

/**
 * Removes former images of tags that were replaced before a time, and tags last moved before it whose image is no
 * longer known.
 */
export async function pruneTags(env: StoreEnvironment, before: string): Promise<void> {
  const first = sortableTime(before);
  const { db } = env;
  await removeInBatches(env, keysBelow('tag'), {
    matches: (value) => (value as TagState).from < first,
    remove: (key, value) => {
      const state = value as TagState;
      const { start, end } = keysBelow('tag-period', state.repository, state.tag);
      // It was moved for the last time before: all that it named earlier ended before, too.
      for (const period of Array.from(db.getKeys({ start, end }))) db.removeSync(period);
      if (imageOf(env, state.image) !== undefined) return false;
      db.removeSync(key);
      return true;
    },
  });
  await removeInBatches(env, keysBelow('tag-period'), {
    matches: (value) => (value as Period).from < first,
    remove: (key) => {
      const next = nextPeriod(env, key);
      if (next !== undefined && next.from >= first) return false;
      db.removeSync(key);
      return true;
    },
  });
}

/** The period after that of a key; undefined if that is the current one, or is gone. */
function nextPeriod({ db }: StoreEnvironment, key: string): Period | undefined {
  const at = key.lastIndexOf('\t');
  const number = Number(key.slice(at + 1)) - 1;
  const next = db.get(`${key.slice(0, at + 1)}${String(number).padStart(9, '0')}`) as Period | undefined;
  const tag = key.slice('tag-period'.length, at);
  return next ?? (db.get(`tag${tag}`) as TagState | undefined);
}
