import {
  ClarionError,
  type AdvisoryGroup,
  type AdvisoryGroupKey,
  type FeedState,
  type FeedWriter,
} from '@clarion/model';

import { type Environment, explain, settle, write } from './environment';
import { type Lease, takeLease } from './lease';
import { feedRecord, groupRecords, repositoryRecord, textRecord } from './records';
import { openStaging, type Staging } from './staging';

interface OpenWriter {
  readonly feed: string;
  readonly lease: Lease;
  readonly staging: Staging;
}

/** Starts an update of `feed`: takes its lease, clears what a killed writer left, opens a staging file. */
export function openFeedWriter(env: Environment, feed: string): FeedWriter {
  let writer: OpenWriter | undefined = openWriter(env, feed);
  const active = (): OpenWriter => {
    if (writer === undefined) throw new ClarionError('invalid-input', `the update of feed ${feed} has already ended`);
    return writer;
  };
  const end = () => {
    const ended = writer;
    writer = undefined;
    env.openWriters.delete(end);
    if (ended !== undefined) close(ended);
  };
  env.openWriters.add(end);
  const stage = (of: string, put: (staging: Staging) => void) =>
    settle(() => {
      const { lease, staging } = active();
      if (of !== feed) throw new ClarionError('invalid-input', `facts of feed ${of} in the update of feed ${feed}`);
      lease.renew();
      try {
        put(staging);
      } catch (error) {
        throw explain(env, error);
      }
    });
  return {
    put: (group: AdvisoryGroup, hash: string) =>
      stage(group.feed, (staging) => {
        staging.put(groupRecords(group, { group, hash }));
      }),
    remove: (key: AdvisoryGroupKey) =>
      stage(key.feed, (staging) => {
        staging.put(groupRecords(key, undefined));
      }),
    putText: (text) =>
      stage(text.feed, (staging) => {
        staging.put([textRecord(text)]);
      }),
    putRepository: (repository) =>
      stage(repository.feed, (staging) => {
        staging.put([repositoryRecord(repository)]);
      }),
    commit: (state) =>
      stage(state.feed, (staging) => {
        commit(env, { ...active(), staging }, state);
      }).finally(end),
    abort: () => settle(end),
  };
}

function openWriter(env: Environment, feed: string): OpenWriter {
  const lease = takeLease(env, feed);
  try {
    return { feed, lease, staging: openStaging(env, { feed, token: lease.token }) };
  } catch (error) {
    lease.release();
    throw explain(env, error);
  }
}

/**
 * Moves everything staged into the facts, with the feed's state, in one transaction. A record that is stored already is
 * not written again.
 */
function commit(env: Environment, writer: OpenWriter, state: FeedState): void {
  const { db } = env;
  const { asBinary } = env.lmdb;
  const copy = () => {
    writer.lease.check();
    for (const [key, value] of writer.staging.entries()) {
      if (value === undefined) db.removeSync(key);
      else if (db.getBinary(key)?.equals(value) !== true) db.putSync(key, asBinary(value));
    }
    const [key, record] = feedRecord(state);
    db.putSync(key, record);
  };
  write(env, copy, { durable: true });
}

function close(writer: OpenWriter): void {
  try {
    writer.lease.release();
  } finally {
    writer.staging.discard();
  }
}
