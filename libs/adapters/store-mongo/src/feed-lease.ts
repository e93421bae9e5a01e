import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';

import { ClarionError } from '@clarion/model';

import type { MongoContext } from './context';
import type { FeedLease } from './documents';
import type { FeedWriteLease } from './open-update';
import { keyPart } from './keys';
import { isDuplicateKey } from './mongo-errors';

/** Takes the lease of `feed`; throws `invalid-input` while another writer is alive. */
export async function takeFeed(context: MongoContext, feed: string): Promise<FeedWriteLease> {
  const lease = newLease(context);
  const free = [{ lease: null }, { 'lease.until': { $lte: context.now().getTime() } }];
  const feeds = context.collection('feeds');
  const filter = { _id: keyPart(feed), $or: free } as Parameters<typeof feeds.findOneAndUpdate>[0];
  try {
    const options = { upsert: true, returnDocument: 'after', projection: { redo: 1, rev: 1 } } as const;
    const taken = await feeds.findOneAndUpdate(filter, { $set: { lease, name: feed } }, options);
    const { redo: update, rev } = taken ?? {};
    const redo = update === undefined ? undefined : { update, ...(rev === undefined ? {} : { rev }) };
    return writeLease(context, { feed, lease, redo });
  } catch (error) {
    // It exists, but is leased: the filter misses, and the insert conflicts.
    if (!isDuplicateKey(error)) throw error;
    const existing = await feeds.findOne({ _id: keyPart(feed) }, { projection: { lease: 1 } });
    throw leasedByAnother(feed, existing?.lease);
  }
}

function newLease(context: MongoContext): FeedLease {
  const now = context.now();
  const until = now.getTime() + context.leaseMillis;
  return { token: randomUUID(), host: hostname(), process: process.pid, since: now.toISOString(), until };
}

function leasedByAnother(feed: string, lease: FeedLease | undefined): ClarionError {
  const who = lease && ` by process ${lease.process} on ${lease.host} since ${lease.since}`;
  return new ClarionError('invalid-input', `feed ${feed} is being updated${who ?? ''}`, {
    remedy: 'wait until that update has ended; the right to it ends by itself soon after its process has',
  });
}

function writeLease(
  context: MongoContext,
  { feed, lease, redo }: { readonly feed: string; readonly lease: FeedLease; readonly redo: FeedWriteLease['redo'] },
): FeedWriteLease {
  const feeds = context.collection('feeds');
  const mine = { _id: keyPart(feed), 'lease.token': lease.token } as Parameters<typeof feeds.updateOne>[0];
  let until = lease.until;
  const renew = async () => {
    const next = context.now().getTime() + context.leaseMillis;
    const { matchedCount } = await feeds.updateOne(mine, { $set: { 'lease.until': next } });
    if (matchedCount === 0) {
      throw new ClarionError(
        'invalid-input',
        `the update of feed ${feed} gave no sign of life, another has taken over`,
      );
    }
    until = next;
  };
  // Reading may take a writer longer than the lease lasts; `extend` detects failures.
  const heartbeat = setInterval(() => void renew().catch(() => undefined), context.leaseMillis / 4);
  heartbeat.unref();
  return {
    feed,
    token: lease.token,
    redo,
    extend: async () => {
      if (until - context.now().getTime() < context.leaseMillis / 2) await renew();
    },
    release: async () => {
      clearInterval(heartbeat);
      await feeds.updateOne(mine, { $unset: { lease: '' } });
    },
  };
}
