import {
  ClarionError,
  type AdvisoryGroup,
  type AdvisoryGroupKey,
  type RepositoryProducts,
  type VulnerabilityRecord,
} from '@clarion/model';
import { type ScoreRow, scoreRow } from '@clarion/store-rules';

import type { MentionsDocument } from './documents';
import { keyPart, readableParts, recordKey, sequencePart } from './keys';
import { keyOfRevision } from './revisions';
import { bucketOf, hasRow, isScore } from './score-rows';

/** One staged step of an update. The last one about a key wins. */
export type UpdateOperation =
  | { readonly kind: 'group'; readonly group: AdvisoryGroup; readonly hash: string }
  | { readonly kind: 'remove-group'; readonly key: AdvisoryGroupKey }
  | { readonly kind: 'text'; readonly text: VulnerabilityRecord }
  | { readonly kind: 'remove-text'; readonly feed: string; readonly id: string }
  | { readonly kind: 'repository'; readonly repository: RepositoryProducts }
  | { readonly kind: 'remove-repository'; readonly feed: string; readonly repository: string };

/** What becomes of one document: its members and value, or its removal. */
export interface DocumentWrite {
  readonly collection: FactCollection;
  readonly key: string;
  /** Members of its index rows, whether the document exists or was removed. */
  readonly found: Readonly<Record<string, string>>;
  readonly content?: { readonly value: unknown; readonly members?: Readonly<Record<string, unknown>> };
  /** Vulnerabilities beyond those in its own members, in order. */
  readonly mentions?: readonly Omit<MentionsDocument, '_id'>[];
}

/** Collections of revised facts, each with the member by which all revisions of a document are found. */
export const foundBy = { advisories: 'name', texts: 'id', scores: 'bucket', repositories: 'repository' } as const;
export type FactCollection = keyof typeof foundBy;

/** What becomes of one row of a page of scores. */
export interface ScoreWrite {
  readonly page: string;
  readonly bucket: string;
  readonly feed: string;
  readonly id: string;
  readonly row: ScoreRow | undefined;
}

/** Maximum length of a part of a name; real ones have less than 300 characters. */
const longestName = 32 * 1024;
/** Ids in one document: with the value, it stays below a megabyte. */
const idsTogether = 1000;

/** The document writes of an operation; they are idempotent. */
export function documentWrites(operation: UpdateOperation): readonly DocumentWrite[] {
  switch (operation.kind) {
    case 'group':
      return [groupWrite(operation.group, operation.hash)];
    case 'remove-group':
      return [{ collection: 'advisories', key: groupKey(operation.key), found: groupFound(operation.key) }];
    case 'text': {
      const write = textWrite(operation.text);
      // A score replaces a vulnerability record; a record takes precedence over an existing score.
      return [isScore(operation.text) ? write : { ...write, content: { value: operation.text } }];
    }
    case 'remove-text':
      return [textWrite(operation)];
    case 'repository': {
      const { repository, feed } = operation.repository;
      return [{ ...repositoryWrite(repository, feed), content: { value: operation.repository } }];
    }
    case 'remove-repository':
      return [repositoryWrite(operation.repository, operation.feed)];
  }
}

function textWrite({ id, feed }: { readonly id: string; readonly feed: string }): DocumentWrite {
  const found = { id: keyPart(id), feed: keyPart(feed) };
  return { collection: 'texts', key: recordKey(id, feed), found };
}

function repositoryWrite(repository: string, feed: string): DocumentWrite {
  const found = { repository: keyPart(repository), feed: keyPart(feed) };
  return { collection: 'repositories', key: recordKey(repository, feed), found };
}

function groupFound({ namespace, package: name, feed, document }: AdvisoryGroupKey): DocumentWrite['found'] {
  return { name: recordKey(namespace, name), document: recordKey(feed, document) };
}

/** What an operation does to the scores that share pages. */
export function scoreWrites(operation: UpdateOperation): readonly ScoreWrite[] {
  if (operation.kind === 'text' && isScore(operation.text)) {
    return scoreWrite(operation.text, scoreRow(operation.text.id, operation.text.epss));
  }
  return operation.kind === 'remove-text' ? scoreWrite(operation, undefined) : [];
}

function scoreWrite({ id, feed }: { id: string; feed: string }, row: ScoreRow | undefined): readonly ScoreWrite[] {
  const bucket = hasRow({ id, feed }) ? bucketOf(id) : undefined;
  return bucket === undefined ? [] : [{ page: recordKey(bucket, feed), bucket, feed, id, row }];
}

/** Rejects names that no document could contain, before anything is stored. */
export function checkNames(feed: string, names: readonly string[]): void {
  const long = names.find((name) => name.length > longestName);
  if (long === undefined) return;
  throw new ClarionError(
    'limit-exceeded',
    `feed ${feed} has a name of ${long.length} characters: ${long.slice(0, 80)}…`,
  );
}

export function groupKey({ namespace, package: name, feed, document }: AdvisoryGroupKey): string {
  return recordKey(namespace, name, feed, document);
}

/** The key in the `_id` of a group, or in its `key` where the `_id` does not contain it. */
export function toGroupKey(document: { readonly _id: string; readonly key?: readonly string[] }): AdvisoryGroupKey {
  const parts = document.key ?? readableParts(keyOfRevision(document._id)) ?? [];
  const [namespace = '', name = '', feed = '', of = ''] = parts;
  return { namespace, package: name, feed, document: of };
}

function groupWrite(group: AdvisoryGroup, hash: string): DocumentWrite {
  const { namespace, package: name, feed, document } = group;
  const key = groupKey(group);
  const all = [...new Set(group.advisories.flatMap((advisory) => [advisory.id, ...(advisory.aliases ?? [])]))].map(
    keyPart,
  );
  const mentions: Omit<MentionsDocument, '_id'>[] = [];
  for (let start = idsTogether; start < all.length; start += idsTogether) {
    mentions.push({ ids: all.slice(start, start + idsTogether), key: [namespace, name] });
  }
  const members = {
    hash,
    ids: all.slice(0, idsTogether),
    ...(mentions.length === 0 ? {} : { mentions: mentions.length }),
    ...(readableParts(key) === undefined ? { key: [namespace, name, feed, document] } : {}),
  };
  const found = groupFound(group);
  return { collection: 'advisories', key, found, content: { value: group, members }, mentions };
}

/** The id of a document that holds further mentions of a group. */
export function mentionId(group: string, number: number): string {
  return `${group}\t${sequencePart(number)}`;
}

/** The `_id` of the group that a document of further mentions belongs to. */
export function ownerOfMention(id: string): string {
  return id.slice(0, id.lastIndexOf('\t'));
}

/** Ids of the documents that hold further mentions of a group. */
export function mentionIds(group: { readonly _id: string; readonly mentions?: number }): readonly string[] {
  return Array.from({ length: group.mentions ?? 0 }, (_, number) => mentionId(group._id, number));
}
