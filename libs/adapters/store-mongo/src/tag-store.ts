import { formatTag, type TagName, type TagPeriod, type TagState, type TagStore } from '@clarion/model';
import { checkLimit, invalidCursor, millisOf, movedTag, mostMoves, movePart, type TagMove } from '@clarion/store-rules';

import type { MongoContext } from './context';
import type { TagDocument, TagPeriodDocument } from './documents';
import { idsUnder, keyPart, recordKey } from './keys';
import { explained } from './mongo-errors';
import { packValue, unpackValue } from './packed-values';
import { pageById } from './pages';
import { insertValue, putValue, untilSettled } from './writes';

/** Tags per query. */
const tagsAtOnce = 1000;

/**
 * The images of tags: one document per tag, which is moved by one guarded write, and one for each image that it named
 * before. The latter is written before the move: it is true whether or not the move succeeds.
 */
export function tagStore(context: MongoContext): TagStore {
  const tags = context.collection('tags');
  return {
    moveTag: (name, image, { at, moves, byRegistry }) =>
      explained(() =>
        untilSettled(`the tag ${formatTag(name)}`, () =>
          moveOnce(context, { name, image, at, seen: moves, byRegistry }),
        ),
      ),
    tags: (names) =>
      explained(async () => {
        const states: TagState[] = [];
        for (let start = 0; start < names.length; start += tagsAtOnce) {
          const ids = names.slice(start, start + tagsAtOnce).map(tagId);
          states.push(...(await tags.find({ _id: { $in: ids } }).toArray()).map(stateOf));
        }
        return new Map(states.map((state) => [formatTag(state), state] as const));
      }),
    tagPeriods: (name, page) => explained(() => periods(context, name, page)),
  };
}

/** Undefined if another process moved it in the meantime. */
async function moveOnce(context: MongoContext, move: TagMove): Promise<{ readonly result: TagState } | undefined> {
  const id = tagId(move.name);
  const document = await context.collection('tags').findOne({ _id: id });
  const known = document === null ? undefined : stateOf(document);
  const state = movedTag(known, move);
  if (state === known) return { result: state };
  const { moves } = state;
  const from = millisOf(state.from);
  if (known === undefined || document === null) {
    const isFirst = await insertValue(context, 'tags', { id, value: state, members: { moves, from } });
    return isFirst ? { result: state } : undefined;
  }
  if (known.image !== state.image) {
    await putValue(context, 'tagPeriods', {
      id: `${id}\t${movePart(known.moves)}`,
      value: { image: known.image, from: known.from },
      members: { from: document.from },
    });
  }
  const moved = await context
    .collection('tags')
    .updateOne({ _id: id, moves: known.moves }, { $set: { moves, from, v: packValue(state).members.v } });
  return moved.matchedCount === 1 ? { result: state } : undefined;
}

/** Each period ends when the next one, which precedes it in the list, begins. */
async function periods(
  context: MongoContext,
  name: TagName,
  page: Parameters<TagStore['tagPeriods']>[1],
): ReturnType<TagStore['tagPeriods']> {
  checkLimit(page);
  const id = tagId(name);
  const head = await context.collection('tags').findOne({ _id: id });
  if (head === null) return { items: [] };
  const state = stateOf(head);
  const first = page.after === undefined;
  const before = first ? state.moves : moveNumber(page.after);
  const rest = first ? page.limit - 1 : page.limit;
  const now: TagPeriod = { image: state.image, from: state.from, until: null };
  if (rest === 0) return { items: [now], ...(state.moves > 1 ? { next: String(state.moves) } : {}) };
  const found = await pageById(context, 'tagPeriods', {
    filter: {},
    page: { limit: rest, after: `${id}\t${movePart(before)}` },
    below: idsUnder(id).$lt,
    read: (document) => document,
  });
  let until = first ? state.from : await beginOf(context, { id, state, moves: before });
  const earlier = found.items.map((document): TagPeriod => {
    const { image, from } = unpackValue(document.v) as Pick<TagPeriod, 'image' | 'from'>;
    const period = { image, from, until };
    until = from;
    return period;
  });
  const last = found.items.at(-1);
  const next = found.next === undefined || last === undefined ? {} : { next: String(numberOf(last)) };
  return { items: first ? [now, ...earlier] : earlier, ...next };
}

/** When a move was made. */
async function beginOf(
  context: MongoContext,
  { id, state, moves }: { readonly id: string; readonly state: TagState; readonly moves: number },
): Promise<string> {
  if (moves === state.moves) return state.from;
  const found = await context.collection('tagPeriods').findOne({ _id: `${id}\t${movePart(moves)}` });
  return found === null ? state.from : (unpackValue(found.v) as Pick<TagPeriod, 'from'>).from;
}

function tagId({ repository, tag }: TagName): string {
  return recordKey(repository, tag);
}

function stateOf({ v }: TagDocument): TagState {
  return unpackValue(v) as TagState;
}

function numberOf({ _id }: Pick<TagPeriodDocument, '_id'>): number {
  return mostMoves - Number(_id.slice(_id.lastIndexOf('\t') + 1));
}

function moveNumber(after: string | undefined): number {
  const moves = Number(after);
  if (Number.isSafeInteger(moves) && moves > 0 && moves <= mostMoves) return moves;
  throw invalidCursor('the history of a tag');
}

/**
 * Removes former images of tags that were replaced before a time, and tags last moved before it whose image is no
 * longer known.
 */
export async function pruneTags(context: MongoContext, before: string): Promise<void> {
  const first = millisOf(before);
  const tags = context.collection('tags');
  const tagPeriods = context.collection('tagPeriods');
  for await (const { _id, from } of tagPeriods.find({ from: { $lt: first } }, { projection: { from: 1 } })) {
    const at = _id.lastIndexOf('\t');
    const next = `${_id.slice(0, at + 1)}${movePart(numberOf({ _id }) + 1)}`;
    const later =
      (await tagPeriods.findOne({ _id: next }, { projection: { from: 1 } })) ??
      (await tags.findOne({ _id: _id.slice(0, at) }, { projection: { from: 1 } }));
    if (later === null || later.from < first) await tagPeriods.deleteOne({ _id, from });
  }
  for await (const document of tags.find({ from: { $lt: first } })) {
    const { image } = stateOf(document);
    const known = await context.collection('images').findOne({ _id: keyPart(image) }, { projection: { _id: 1 } });
    if (known === null) await tags.deleteOne({ _id: document._id, moves: document.moves });
  }
}
