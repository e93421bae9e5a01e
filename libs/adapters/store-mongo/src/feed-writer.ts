import { randomUUID } from 'node:crypto';

import {
  type AdvisoryGroupKey,
  type FeedUpdate,
  type FeedWriter,
  isAdvisoryChange,
  isTextChange,
} from '@clarion/model';
import type { UpdateSlot } from '@clarion/store-rules';

import type { MongoContext } from './context';
import { commitStaged, settle, takeSettledFeed } from './feed-commit';
import { keyPart } from './keys';
import { explained } from './mongo-errors';
import type { OpenUpdate, StagedUpdate } from './open-update';
import { checkNames, type UpdateOperation } from './operations';
import { deleteStaged, openStaging, type RedoLog } from './staging';

/** Starts an update of `feed`: takes its lease, completes or removes the remains of an earlier writer. */
export async function openFeedWriter(context: MongoContext, feed: string): Promise<FeedWriter> {
  checkNames(feed, [feed]);
  const lease = await takeSettledFeed(context, feed);
  const staged = { lease, update: randomUUID() };
  const staging = openStaging(context, feed, staged.update);
  const update: OpenUpdate = {
    ...staged,
    finish: async (state) => {
      await staging.put({ kind: 'state', state });
      await staging.flush();
      await lease.extend();
    },
  };
  const close = () => endUpdate(context, staged);
  return context.openUpdates.open({ feed, update, close }, (slot) => writerOf(context, { feed, staging, slot }));
}

interface Writing {
  readonly feed: string;
  readonly staging: RedoLog;
  readonly slot: UpdateSlot<OpenUpdate>;
}

function writerOf(context: MongoContext, { feed, staging, slot }: Writing): FeedWriter {
  const stage = (of: string, names: readonly string[], operation: () => UpdateOperation) =>
    explained(async () => {
      const { lease } = slot.active(of);
      checkNames(feed, names);
      await lease.extend();
      await staging.put(operation());
    });
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
    putChange: async (change) => {
      if (!isAdvisoryChange(change) && !isTextChange(change)) return;
      await stage(change.feed, [change.vulnerability], () => ({ kind: 'change', change }));
    },
    commit: (state) => commitFeeds(context, [{ writer, state }]),
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
      for (const { update, state } of ready) await update.finish(state);
      await commitStaged(
        context,
        ready.map(({ update }) => update),
      );
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
