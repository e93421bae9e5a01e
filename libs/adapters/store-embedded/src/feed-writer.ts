import {
  type CommittedRevision,
  type FeedState,
  type FeedUpdate,
  type FeedWriter,
  isTextChange,
  type LoggedChange,
} from '@clarion/model';
import type { UpdateSlot } from '@clarion/store-rules';

import { type StoreEnvironment, explain, settle, write } from './environment';
import { type FeedWriteLease, takeLease } from './lease';
import { HistoryTally } from './history-counts';
import { writeLogged } from './log-records';
import { changeRecords, isChangeKey, textChangeKey } from './logged-change';
import { announceCommit, settleWrite } from './long-commits';
import { mentionWriter } from './mentions';
import { noteUpdate } from './newest-change';
import { keyPart } from './keys';
import type { OpenUpdate } from './open-update';
import { feedRecord, groupRecords, repositoryKey, repositoryRecord, textKey, textRecord } from './records';
import { putRevision } from './revision-store';
import { type ScoreLogChanges, scoreLogChanges, scoreLogWriter } from './score-log';
import { isScore, scoreChanges, type ScoreChanges, scorePages } from './score-pages';
import { openStaging, type StagingFile } from './staging';
import { hasTexts } from './text-reader';

/** The state of an open update. */
interface UpdateParts {
  readonly feed: string;
  readonly lease: FeedWriteLease;
  readonly staging: StagingFile;
  readonly scores: ScoreChanges;
  readonly log: StagedLog;
  /** Whether the feed has, or had when it was opened, any vulnerability record that is more than a score. */
  readonly texts: { some: boolean };
}

/** What of the log is staged. */
interface StagedLog {
  readonly scores: ScoreLogChanges;
  /** Ids of records whose changes are not kept as those of scores. */
  readonly single: Set<string>;
  /** The newest update; undefined without changes. */
  newest: string | undefined;
}

/** Records that are committed within a few milliseconds: not worth an announcement. */
const announceFrom = 500;

/** Starts an update of `feed`: takes its lease, removes the remains of a killed writer, opens a staging file. */
export function openFeedWriter(env: StoreEnvironment, feed: string): FeedWriter {
  const parts = openParts(env, feed);
  const { lease, staging, scores } = parts;
  const update: OpenUpdate = {
    size: () => {
      scores.flush();
      parts.log.scores.flush();
      return staging.size();
    },
    renew: () => {
      lease.renew();
    },
    copy: (state, revision) => {
      copyStaged(env, parts, { state, revision });
    },
  };
  const close = () => {
    closeParts(parts);
  };
  return env.openUpdates.open({ feed, update, close }, (slot) => writerOf(env, parts, slot));
}

function writerOf(env: StoreEnvironment, parts: UpdateParts, slot: UpdateSlot<OpenUpdate>): FeedWriter {
  const { feed, staging, scores, texts } = parts;
  const stage = (of: string, put: () => void) =>
    settle(() => {
      slot.active(of).renew();
      try {
        put();
      } catch (error) {
        throw explain(env, error);
      }
    });
  const writer: FeedWriter = {
    put: (group, hash) =>
      stage(group.feed, () => {
        staging.put(groupRecords(group, { group, hash }));
      }),
    remove: (key) =>
      stage(key.feed, () => {
        staging.put(groupRecords(key, undefined));
      }),
    putText: (text) =>
      stage(text.feed, () => {
        const isPaged = isScore(text) && scores.note(text);
        // A score replaces a vulnerability record; a record takes precedence over an existing score.
        if (!isPaged) staging.put([textRecord(text)]);
        else if (texts.some) staging.put([[textKey(text.id, feed), undefined]]);
        texts.some ||= !isPaged;
      }),
    removeText: (id) =>
      stage(feed, () => {
        staging.put([[textKey(id, feed), undefined]]);
        scores.note({ id, feed });
      }),
    putRepository: (repository) =>
      stage(repository.feed, () => {
        staging.put([repositoryRecord(repository)]);
      }),
    removeRepository: (repository) =>
      stage(feed, () => {
        staging.put([[repositoryKey(repository, feed), undefined]]);
      }),
    putChange: (change) =>
      stage(change.feed, () => {
        stageChange(parts, change);
      }),
    commit: (state, revision) =>
      commitFeeds(env, [revision === undefined ? { writer, state } : { writer, state, revision }]),
    abort: async () => settle(() => slot.end()),
  };
  return writer;
}

/**
 * Moves everything staged by all writers into the facts, with the states of their feeds, in one transaction. The
 * writers have ended, whether it succeeds or not.
 */
export async function commitFeeds(env: StoreEnvironment, updates: readonly FeedUpdate[]): Promise<void> {
  const { openUpdates } = env;
  const commit = (withdraw: () => void): void => {
    const ready = openUpdates.ready(updates);
    for (const { update } of ready) update.renew();
    const copyAll = () => {
      withdraw();
      for (const { update, state, revision } of ready) update.copy(state, revision);
    };
    write(env, copyAll, { durable: true });
  };
  try {
    const size = openUpdates.ready(updates).reduce((sum, { update }) => sum + update.size(), 0);
    if (size > announceFrom) await announceCommit(env, commit);
    else
      await settleWrite(env, () => {
        commit(() => undefined);
      });
  } finally {
    await openUpdates.end(updates);
  }
}

function openParts(env: StoreEnvironment, feed: string): UpdateParts {
  const lease = takeLease(env, feed);
  try {
    const staging = openStaging(env, { feed, token: lease.token });
    const scores = scoreChanges((records) => {
      staging.putPlain(records);
    });
    const log: StagedLog = {
      scores: scoreLogChanges((records) => {
        staging.putPlain(records);
      }),
      single: new Set(),
      newest: undefined,
    };
    return { feed, lease, staging, scores, log, texts: { some: hasTexts(env, feed) } };
  } catch (error) {
    lease.release();
    throw explain(env, error);
  }
}

/** Of two changes of one record, the last one counts, in whichever way each is kept. */
function stageChange({ staging, log }: UpdateParts, change: LoggedChange): void {
  if (log.newest === undefined || log.newest < change.update) log.newest = change.update;
  if (!isTextChange(change)) {
    staging.put(changeRecords(change));
    return;
  }
  const { update, vulnerability, feed } = change;
  if (log.scores.note(change)) {
    if (log.single.has(vulnerability)) staging.put([[textChangeKey(update, vulnerability, feed), undefined]]);
    return;
  }
  log.scores.withdraw(change);
  log.single.add(vulnerability);
  staging.put(changeRecords(change));
}

interface StateToCommit {
  readonly state: FeedState;
  readonly revision: CommittedRevision | undefined;
}

/** A record that is already stored is not written again. */
function copyStaged(env: StoreEnvironment, parts: UpdateParts, { state, revision }: StateToCommit): void {
  const { db } = env;
  const { lease, scores: changes, log, staging, texts } = parts;
  lease.check();
  changes.flush();
  log.scores.flush();
  const tally = new HistoryTally();
  const scoreLog = scoreLogWriter(env, { tally, records: texts.some });
  const scores = scorePages(env);
  const mentions = mentionWriter(env);
  for (const [key, value] of staging.entries()) {
    if (scores.take(key, value) || scoreLog.take(key, value)) continue;
    mentions.take(key, value);
    if (isChangeKey(key)) writeLogged(env, key, { value, tally });
    else if (value === undefined) db.removeSync(key);
    else if (db.getBinary(key)?.equals(value) !== true) db.putSync(key, env.lmdb.asBinary(value));
  }
  scoreLog.write();
  scores.write();
  mentions.write();
  if (log.newest !== undefined) noteUpdate(env, keyPart(state.feed), keyPart(log.newest));
  if (revision !== undefined) putRevision(env, revision, { state, changes: tally.counted(), tally });
  tally.write(env);
  const [key, record] = feedRecord(state);
  db.putSync(key, record);
}

function closeParts({ lease, staging }: UpdateParts): void {
  try {
    lease.release();
  } finally {
    staging.discard();
  }
}
