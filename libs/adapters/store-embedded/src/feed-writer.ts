import {
  ClarionError,
  type AdvisoryGroup,
  type AdvisoryGroupKey,
  type FeedState,
  type FeedUpdate,
  type FeedWriter,
} from '@clarion/model';

import { changeRecords } from './change-store';
import { type Environment, explain, settle, write } from './environment';
import { type Lease, takeLease } from './lease';
import { announced, settleWrite } from './long-commits';
import { mentionWriter } from './mentions';
import { feedRecord, groupRecords, repositoryKey, repositoryRecord, textKey, textRecord } from './records';
import { isScore, scoreChanges, type ScoreChanges, scorePages } from './score-pages';
import { openStaging, type Staging } from './staging';
import { hasTexts } from './text-reader';

interface OpenWriter {
  readonly feed: string;
  readonly lease: Lease;
  readonly staging: Staging;
  readonly scores: ScoreChanges;
  /** Whether the feed has, or had when it was opened, any text that is no score alone. */
  readonly texts: { some: boolean };
}

/** The writers in use, so that several can be committed together. */
const opened = new WeakMap<FeedWriter, { readonly active: () => OpenWriter; readonly end: () => void }>();

/** Records that are committed within a few milliseconds: not worth an announcement. */
const announcedFrom = 500;

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
  const stage = (of: string, put: (writer: OpenWriter) => void) =>
    settle(() => {
      const writing = active();
      requireSame(feed, of);
      writing.lease.renew();
      try {
        put(writing);
      } catch (error) {
        throw explain(env, error);
      }
    });
  const result: FeedWriter = {
    put: (group: AdvisoryGroup, hash: string) =>
      stage(group.feed, ({ staging }) => {
        staging.put(groupRecords(group, { group, hash }));
      }),
    remove: (key: AdvisoryGroupKey) =>
      stage(key.feed, ({ staging }) => {
        staging.put(groupRecords(key, undefined));
      }),
    putText: (text) =>
      stage(text.feed, ({ staging, scores, texts }) => {
        const isPaged = isScore(text) && scores.note(text);
        // A score takes the place of a text; a text is preferred to a score that is still there.
        if (!isPaged) staging.put([textRecord(text)]);
        else if (texts.some) staging.put([[textKey(text.id, feed), undefined]]);
        texts.some ||= !isPaged;
      }),
    removeText: (id) =>
      stage(feed, ({ staging, scores }) => {
        staging.put([[textKey(id, feed), undefined]]);
        scores.note({ id, feed });
      }),
    putRepository: (repository) =>
      stage(repository.feed, ({ staging }) => {
        staging.put([repositoryRecord(repository)]);
      }),
    removeRepository: (repository) =>
      stage(feed, ({ staging }) => {
        staging.put([[repositoryKey(repository, feed), undefined]]);
      }),
    putChange: (change) =>
      stage(change.feed, ({ staging }) => {
        staging.put(changeRecords(change));
      }),
    commit: (state) => commitFeeds(env, [{ writer: result, state }]),
    abort: () => settle(end),
  };
  opened.set(result, { active, end });
  return result;
}

/**
 * Moves everything staged by all writers into the facts, with the states of their feeds, in one transaction; whatever
 * comes of it, the writers have ended.
 */
export async function commitFeeds(env: Environment, updates: readonly FeedUpdate[]): Promise<void> {
  const writers = updates.map(({ writer }) => opened.get(writer));
  const commit = (withdraw: () => void): void => {
    const ready = updates.map(({ state }, index) => {
      const writer = writers[index]?.active();
      if (writer === undefined) throw new ClarionError('invalid-input', 'a writer of another store');
      requireSame(writer.feed, state.feed);
      writer.lease.renew();
      return { writer, state };
    });
    const copyAll = () => {
      withdraw();
      for (const { writer, state } of ready) copyStaged(env, writer, state);
    };
    write(env, copyAll, { durable: true });
  };
  try {
    if (sizeOf(writers.map((writer) => writer?.active())) > announcedFrom) await announced(env, commit);
    else
      await settleWrite(env, () => {
        commit(() => undefined);
      });
  } finally {
    for (const writer of writers) writer?.end();
  }
}

/** Records that a commit of these writers touches. */
function sizeOf(writers: readonly (OpenWriter | undefined)[]): number {
  for (const writer of writers) writer?.scores.flush();
  return writers.reduce((sum, writer) => sum + (writer?.staging.size() ?? 0), 0);
}

function requireSame(feed: string, of: string): void {
  if (of !== feed) throw new ClarionError('invalid-input', `facts of feed ${of} in the update of feed ${feed}`);
}

function openWriter(env: Environment, feed: string): OpenWriter {
  const lease = takeLease(env, feed);
  try {
    const staging = openStaging(env, { feed, token: lease.token });
    const scores = scoreChanges((records) => {
      staging.put(records);
    });
    return { feed, lease, staging, scores, texts: { some: hasTexts(env, feed) } };
  } catch (error) {
    lease.release();
    throw explain(env, error);
  }
}

/** A record that is stored already is not written again. */
function copyStaged(env: Environment, writer: OpenWriter, state: FeedState): void {
  const { db } = env;
  writer.lease.check();
  writer.scores.flush();
  const scores = scorePages(env);
  const mentions = mentionWriter(env);
  for (const [key, value] of writer.staging.entries()) {
    if (scores.take(key, value)) continue;
    mentions.take(key, value);
    if (value === undefined) db.removeSync(key);
    else if (db.getBinary(key)?.equals(value) !== true) db.putSync(key, env.lmdb.asBinary(value));
  }
  scores.write();
  mentions.write();
  const [key, record] = feedRecord(state);
  db.putSync(key, record);
}

function close(writer: OpenWriter): void {
  try {
    writer.lease.release();
  } finally {
    writer.staging.discard();
  }
}
