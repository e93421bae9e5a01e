import { randomUUID } from 'node:crypto';

import type { AdvisoryGroupKey, FeedUpdate, FeedWriter } from '@clarion/model';
import type { UpdateSlot } from '@clarion/store-rules';

import type { MongoContext } from './context';
import { commitStaged, settle, takeSettledFeed } from './feed-commit';
import { nextRevisionOf } from './feed-revisions';
import { keyPart } from './keys';
import { type LogCollector, logCollector, namesIn } from './log-steps';
import { explained } from './mongo-errors';
import type { CompleteUpdate, OpenUpdate, StagedUpdate } from './open-update';
import { checkNames, type UpdateOperation } from './operations';
import { deleteStaged, openStaging, type RedoLog, type StagedStep } from './staging';

/** Starts an update of `feed`: takes its lease, completes or removes the remains of an earlier writer. */
export async function openFeedWriter(context: MongoContext, feed: string): Promise<FeedWriter> {
  checkNames(feed, [feed]);
  const lease = await takeSettledFeed(context, feed);
  const staged = { lease, update: randomUUID() };
  const staging = openStaging(context, feed, staged.update);
  const log = logCollector();
  const update: OpenUpdate = {
    ...staged,
    finish: async (state, committed) => {
      for (const step of log.flush()) await staging.put(step);
      const summary = log.summary();
      const added = committed && (await nextRevisionOf(context, { committed, state, changes: summary.changes }));
      const revision = added?.revision;
      await staging.put({ kind: 'state', state, ...added });
      await staging.flush();
      await lease.extend();
      const { update = '' } = summary;
      return {
        ...staged,
        log: revision === undefined || revision.update < update ? summary : { ...summary, update: revision.update },
      };
    },
  };
  const close = () => endUpdate(context, staged);
  return context.openUpdates.open({ feed, update, close }, (slot) => writerOf(context, { feed, staging, log, slot }));
}

interface Writing {
  readonly feed: string;
  readonly staging: RedoLog;
  readonly log: LogCollector;
  readonly slot: UpdateSlot<OpenUpdate>;
}

function writerOf(context: MongoContext, { feed, staging, log, slot }: Writing): FeedWriter {
  const stageAll = (of: string, names: readonly string[], steps: () => readonly StagedStep[]) =>
    explained(async () => {
      const { lease } = slot.active(of);
      checkNames(feed, names);
      await lease.extend();
      for (const step of steps()) await staging.put(step);
    });
  const stage = (of: string, names: readonly string[], operation: () => UpdateOperation) =>
    stageAll(of, names, () => [operation()]);
  const namesOf = (key: AdvisoryGroupKey) => [key.namespace, key.package, key.document];
  const writer: FeedWriter = {
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
    putChange: (change) => stageAll(change.feed, namesIn(change), () => log.take(change)),
    commit: (state, revision) => commitFeeds(context, [{ writer, state, ...(revision && { revision }) }]),
    abort: () => explained(async () => slot.end()),
  };
  return writer;
}

/** Commits all of them or none. The writers have ended, whether it succeeds or not. */
export async function commitFeeds(context: MongoContext, updates: readonly FeedUpdate[]): Promise<void> {
  const { openUpdates } = context;
  try {
    await explained(async () => {
      const ready = openUpdates.ready(updates);
      const complete: CompleteUpdate[] = [];
      for (const [index, { update, state }] of ready.entries()) {
        complete.push(await update.finish(state, updates[index]?.revision));
      }
      await commitStaged(context, complete);
    });
  } finally {
    // An invalid update is abandoned; if that is not possible now, the next writer does it.
    await openUpdates.end(updates);
  }
}

async function endUpdate(context: MongoContext, { lease, update }: StagedUpdate): Promise<void> {
  try {
    const filter = { _id: keyPart(lease.feed), 'lease.token': lease.token } as object;
    const document = await context.collection('feeds').findOne(filter, { projection: { redo: 1, rev: 1 } });
    if (document?.redo === update && document.rev !== undefined) {
      await settle(context, lease, { update, rev: document.rev });
    } else if (document?.redo !== update) await deleteStaged(context, lease.feed, update);
  } finally {
    await lease.release();
  }
}
