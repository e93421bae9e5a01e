import { randomUUID } from 'node:crypto';

import { ClarionError, type AdvisoryGroupKey, type FeedUpdate, type FeedWriter } from '@clarion/model';

import type { MongoContext } from './context';
import { commitStaged, settle, takeSettledFeed } from './feed-commit';
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

/** Commits all of them or none. Whatever comes of it, the writers have ended. */
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
      await commitStaged(
        context,
        ready.map(({ writer }) => writer),
      );
    });
  } finally {
    // What does not count is given up; where that cannot be done now, the next writer does it.
    await Promise.allSettled(writers.map(async (writer) => writer?.end()));
  }
}

function requireSame(feed: string, of: string): void {
  if (of !== feed) throw new ClarionError('invalid-input', `facts of feed ${of} in the update of feed ${feed}`);
}

async function endWriter(context: MongoContext, { held, update }: OpenWriter): Promise<void> {
  try {
    const filter = { _id: keyPart(held.feed), 'lease.token': held.token } as object;
    const document = await context.collection('feeds').findOne(filter, { projection: { redo: 1, rev: 1 } });
    if (document?.redo === update && document.rev !== undefined) {
      await settle(context, held, { update, rev: document.rev });
    } else if (document?.redo !== update) await deleteStaged(context, held.feed, update);
  } finally {
    await held.release();
  }
}
