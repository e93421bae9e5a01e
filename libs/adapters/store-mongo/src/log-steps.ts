import { hash } from 'node:crypto';

import { isAdvisoryChange, isGroupChange, isRepositoryChange, isTextChange, type LoggedChange } from '@clarion/model';
import { type PackedScoreChanges, packScoreChanges, type ScoreChange, scoreChangeOf } from '@clarion/store-rules';

import type { CollectionDocuments } from './documents';
import type { ValueDocument } from './value-document';
import { keyPart, recordKey, sequencePart } from './keys';
import type { LogCollection } from './log-documents';
import { bucketOf, hasRow } from './score-rows';

/** Staged changes of scores of one page. */
interface ScoreStep {
  readonly kind: 'scores';
  readonly update: string;
  readonly feed: string;
  readonly bucket: string;
  /** Of pages of the same bucket and update. */
  readonly number: number;
  readonly scores: PackedScoreChanges;
}

/** A staged step of an update that writes the log. */
export type LogStep = { readonly kind: 'change'; readonly change: LoggedChange } | ScoreStep;

/** The value of a page of changes of scores. */
export interface ScorePage {
  readonly update: string;
  readonly scores: PackedScoreChanges;
}

type Members<N extends LogCollection> = Omit<CollectionDocuments[N], keyof ValueDocument | 'feed' | 'rev'>;

/** A row of the log: where it is stored, and what. */
export type LogRow = {
  readonly [N in LogCollection]: {
    readonly collection: N;
    readonly id: string;
    readonly members: Members<N>;
    readonly value: unknown;
  };
}[LogCollection];

/** The row of a step: repeated, it is the same. Of two with one key, the last counts. */
export function logRow(step: LogStep): LogRow {
  if (step.kind === 'scores') {
    const { update, feed, bucket, number, scores } = step;
    const value: ScorePage = { update, scores };
    const id = recordKey(update, bucket, feed, sequencePart(number));
    return { collection: 'scoreChanges', id, members: { bucket }, value };
  }
  return changeRow(step.change);
}

function changeRow(change: LoggedChange): LogRow {
  const { update, feed } = change;
  const silent = change.silent === true ? { silent: true as const } : {};
  if (isRepositoryChange(change)) {
    const { repository } = change;
    const id = recordKey(update, repository, feed);
    return { collection: 'repositoryChanges', id, members: { repository: keyPart(repository) }, value: change };
  }
  if (isTextChange(change)) {
    const vulnerability = keyPart(change.vulnerability);
    const id = recordKey(update, change.vulnerability, feed);
    return { collection: 'textChanges', id, members: { vulnerability, ...silent }, value: change };
  }
  const { namespace, package: of, document } = change;
  const name = recordKey(namespace, of);
  if (isAdvisoryChange(change)) {
    const vulnerability = keyPart(change.vulnerability);
    const id = recordKey(update, change.vulnerability, namespace, of, feed, document);
    return { collection: 'changes', id, members: { name, vulnerability, ...silent }, value: change };
  }
  const id = recordKey(update, namespace, of, feed, document);
  return { collection: 'groupChanges', id, members: { name, namespace: keyPart(namespace) }, value: change };
}

/** The names in a change, whose length is limited. */
export function namesIn(change: LoggedChange): readonly string[] {
  if (isRepositoryChange(change)) return [change.repository];
  if (isTextChange(change)) return [change.vulnerability];
  const { namespace, package: name, document } = change;
  return isGroupChange(change) ? [namespace, name, document] : [namespace, name, document, change.vulnerability];
}

/** Most changes of scores that wait for others of their pages. */
const mostWaiting = 50_000;

/** Collects the changes of an update: those of scores in pages, each other one for itself. */
export interface LogCollector {
  /** The steps to stage now. */
  take(change: LoggedChange): readonly LogStep[];
  /** The steps of all that waits. */
  flush(): readonly LogStep[];
  /** What the log has after the update. */
  summary(): LogSummary;
}

/** What an update puts in the log. */
export interface LogSummary {
  readonly changes: number;
  /** The latest update of a change. */
  readonly update?: string;
  readonly scores?: true;
}

interface WaitingPage {
  readonly update: string;
  readonly feed: string;
  readonly bucket: string;
  readonly changes: Map<string, ScoreChange>;
}

export function logCollector(): LogCollector {
  let pages = new Map<string, WaitingPage>();
  let waiting = 0;
  let number = 0;
  /** Short hashes of the keys of all changes: several about one thing are one. */
  const known = new Set<string>();
  let latest: string | undefined;
  /** Records of ids that could have a score, which have a row: a later change of one replaces it. */
  const withRow = new Set<string>();
  const flush = (): readonly LogStep[] => {
    const filled = [...pages.values()].filter(({ changes: some }) => some.size > 0);
    const steps = filled.map(({ update, feed, bucket, changes: some }): LogStep => ({
      ...{ kind: 'scores', update, feed, bucket, number },
      scores: packScoreChanges(bucket, [...some.values()]),
    }));
    if (steps.length > 0) number += 1;
    pages = new Map();
    waiting = 0;
    return steps;
  };
  return {
    take: (change) => {
      const row = changeRow(change);
      known.add(hash('sha256', `${row.collection} ${row.id}`, 'base64').slice(0, 12));
      if (latest === undefined || latest < change.update) latest = change.update;
      const { update, feed } = change;
      const bucket =
        isTextChange(change) && hasRow({ id: change.vulnerability, feed }) ? bucketOf(change.vulnerability) : undefined;
      if (!isTextChange(change) || bucket === undefined) return [{ kind: 'change', change }];
      const { vulnerability: id } = change;
      const key = recordKey(update, bucket, feed);
      const score = withRow.has(recordKey(update, id)) ? undefined : scoreChangeOf(change);
      if (score === undefined) {
        withRow.add(recordKey(update, id));
        pages.get(key)?.changes.delete(id);
        return [{ kind: 'change', change }];
      }
      const page = pages.get(key) ?? { update, feed, bucket, changes: new Map<string, ScoreChange>() };
      pages.set(key, page);
      page.changes.set(id, score);
      waiting += 1;
      return waiting >= mostWaiting ? flush() : [];
    },
    flush,
    summary: () => ({
      changes: known.size,
      ...(latest === undefined ? {} : { update: latest }),
      ...(number > 0 ? { scores: true } : {}),
    }),
  };
}
