import { randomUUID } from 'node:crypto';

import { ClarionError, type AdvisoryGroupKey, type FeedUpdate, type FeedWriter } from '@clarion/model';

import type { MongoContext } from './context';
import { applyDeclared, declareUpdate, takeSettledFeed } from './feed-commit';
import type { HeldFeed } from './feed-lease';
import { keyPart } from './keys';
import { explained } from './mongo-errors';
import { checkNames, type Operation } from './operations';
import { deleteStaged, openStaging, type Staging } from './staging';

interface OpenWriter {
  readonly held: HeldFeed;
  readonly update: string;
  readonly staging: Staging;
}

/** The writers in use, so that several can be committed together. */
const opened = new WeakMap<FeedWriter, { readonly active: () => OpenWriter; readonly end: () => Promise<void> }>();

/** Starts an update of `feed`: takes the right to write it, finishes or clears what a writer before has left. */
export async function openFeedWriter(context: MongoContext, feed: string): Promise<FeedWriter> {
  checkNames(feed, [feed]);
  const held = await takeSettledFeed(context, feed);
  const update = randomUUID();
  let writer: OpenWriter | undefined = { held, update, staging: openStaging(context, feed, update) };
  const active = (): OpenWriter => {
    if (writer === undefined) throw new ClarionError('invalid-input', `the update of feed ${feed} has already ended`);
    return writer;
  };
  const end = async () => {
    const ended = writer;
    writer = undefined;
    context.openWriters.delete(end);
    if (ended !== undefined) await endWriter(context, ended);
  };
  context.openWriters.add(end);
  const result = writerOf(context, feed, active, end);
  opened.set(result, { active, end });
  return result;
}

function writerOf(
  context: MongoContext,
  feed: string,
  ...[active, end]: readonly [() => OpenWriter, () => Promise<void>]
): FeedWriter {
  const stage = (of: string, names: readonly string[], operation: () => Operation) =>
    explained(async () => {
      const { held, staging } = active();
      requireSame(feed, of);
      checkNames(feed, names);
      await held.hold();
      await staging.put(operation());
    });
  const namesOf = (key: AdvisoryGroupKey) => [key.namespace, key.package, key.document];
  const result: FeedWriter = {
    put: (group, hash) => stage(group.feed, [...namesOf(group), hash], () => ({ kind: 'group', group, hash })),
    remove: (key) => {
      const { namespace, package: name, document } = key;
      return stage(key.feed, namesOf(key), () => ({
        kind: 'remove-group',
        key: { namespace, package: name, feed, document },
      }));
    },
    putText: (text) => stage(text.feed, [], () => ({ kind: 'text', text })),
    removeText: (id) => stage(feed, [], () => ({ kind: 'remove-text', feed, id })),
    putRepository: (repository) => stage(repository.feed, [], () => ({ kind: 'repository', repository })),
    removeRepository: (repository) => stage(feed, [], () => ({ kind: 'remove-repository', feed, repository })),
    putChange: (change) => stage(change.feed, [change.vulnerability], () => ({ kind: 'change', change })),
    commit: (state) => commitFeeds(context, [{ writer: result, state }]),
    abort: () => explained(end),
  };
  return result;
}

/**
 * Commits one feed after the other; a first look at all of them lets none begin when one may not. Whatever comes of it,
 * the writers have ended.
 */
export async function commitFeeds(context: MongoContext, updates: readonly FeedUpdate[]): Promise<void> {
  const writers = updates.map(({ writer }) => opened.get(writer));
  try {
    await explained(async () => {
      const ready = updates.map(({ state }, index) => {
        const writer = writers[index]?.active();
        if (writer === undefined) throw new ClarionError('invalid-input', 'a writer of another store');
        requireSame(writer.held.feed, state.feed);
        return { writer, state };
      });
      for (const { writer, state } of ready) {
        await writer.staging.put({ kind: 'state', state });
        await writer.staging.flush();
        await writer.held.hold();
      }
      await declareAndApply(
        context,
        ready.map(({ writer }) => writer),
      );
    });
  } finally {
    // What was not declared is dropped; what was and could not be applied is finished by the next writer.
    await Promise.allSettled(writers.map(async (writer) => writer?.end()));
  }
}

/** What is declared is applied, also when a later one cannot be. */
async function declareAndApply(context: MongoContext, writers: readonly OpenWriter[]): Promise<void> {
  const declared: OpenWriter[] = [];
  try {
    for (const writer of writers) {
      await declareUpdate(context, writer.held, writer.update);
      declared.push(writer);
    }
  } finally {
    for (const { held, update } of declared) await applyDeclared(context, held, update);
  }
}

function requireSame(feed: string, of: string): void {
  if (of !== feed) throw new ClarionError('invalid-input', `facts of feed ${of} in the update of feed ${feed}`);
}

async function endWriter(context: MongoContext, { held, update }: OpenWriter): Promise<void> {
  try {
    // A declared update that was not wholly applied needs what it has staged.
    const document = await context
      .collection('feeds')
      .findOne({ _id: keyPart(held.feed) }, { projection: { redo: 1 } });
    if (document?.redo !== update) await deleteStaged(context, held.feed, update);
  } finally {
    await held.release();
  }
}
