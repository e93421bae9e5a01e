import {
  ClarionError,
  type AdvisoryGroup,
  type AdvisoryGroupKey,
  type FactChange,
  isTextChange,
  type RepositoryProducts,
  type VulnerabilityText,
} from '@clarion/model';

import type { MentionsDocument } from './documents';
import { keyPart, readableParts, recordKey, sequencePart } from './keys';
import { bucketOf, hasRow, isScore, type ScoreRow, scoreRow } from './score-rows';

/** One step of an update, as it is staged. The last one about a key counts. */
export type Operation =
  | { readonly kind: 'group'; readonly group: AdvisoryGroup; readonly hash: string }
  | { readonly kind: 'remove-group'; readonly key: AdvisoryGroupKey }
  | { readonly kind: 'text'; readonly text: VulnerabilityText }
  | { readonly kind: 'remove-text'; readonly feed: string; readonly id: string }
  | { readonly kind: 'repository'; readonly repository: RepositoryProducts }
  | { readonly kind: 'remove-repository'; readonly feed: string; readonly repository: string }
  | { readonly kind: 'change'; readonly change: FactChange };

/** What becomes of one document: its members and value, or its removal. */
export interface DocumentWrite {
  readonly collection: 'advisories' | 'texts' | 'repositories' | 'changes';
  readonly id: string;
  readonly content?: {
    readonly value: unknown;
    readonly members: Readonly<Record<string, unknown>>;
    readonly mentions?: readonly MentionsDocument[];
  };
}

/** What becomes of one row of a page of scores. */
export interface ScoreWrite {
  readonly page: string;
  readonly bucket: string;
  readonly feed: string;
  readonly id: string;
  readonly row: ScoreRow | undefined;
}

/** A part of a name beyond which no index or document is to be bothered; real ones have less than 300 characters. */
const longestName = 32 * 1024;
/** Ids in one document: with the value, it stays below a megabyte. */
const idsTogether = 1000;

/** What an operation does to documents, the same however often it is done. */
export function documentWrites(operation: Operation): readonly DocumentWrite[] {
  switch (operation.kind) {
    case 'group':
      return [groupWrite(operation.group, operation.hash)];
    case 'remove-group':
      return [{ collection: 'advisories', id: groupKey(operation.key) }];
    case 'text': {
      const { id, feed } = operation.text;
      const write = { collection: 'texts', id: recordKey(id, feed) } as const;
      // A score takes the place of a text; a text is preferred to a score that is still there.
      if (isScore(operation.text)) return [write];
      return [{ ...write, content: { value: operation.text, members: { id: keyPart(id), feed: keyPart(feed) } } }];
    }
    case 'remove-text':
      return [{ collection: 'texts', id: recordKey(operation.id, operation.feed) }];
    case 'repository': {
      const { repository, feed } = operation.repository;
      const members = { repository: keyPart(repository), feed: keyPart(feed) };
      const content = { value: operation.repository, members };
      return [{ collection: 'repositories', id: recordKey(repository, feed), content }];
    }
    case 'remove-repository':
      return [{ collection: 'repositories', id: recordKey(operation.repository, operation.feed) }];
    case 'change':
      return [
        { collection: 'changes', id: changeKey(operation.change), content: { value: operation.change, members: {} } },
      ];
  }
}

/** What an operation does to the scores that share pages. */
export function scoreWrites(operation: Operation): readonly ScoreWrite[] {
  if (operation.kind === 'text' && isScore(operation.text)) {
    return scoreWrite(operation.text, scoreRow(operation.text));
  }
  return operation.kind === 'remove-text' ? scoreWrite(operation, undefined) : [];
}

function scoreWrite({ id, feed }: { id: string; feed: string }, row: ScoreRow | undefined): readonly ScoreWrite[] {
  const bucket = hasRow({ id, feed }) ? bucketOf(id) : undefined;
  return bucket === undefined ? [] : [{ page: recordKey(bucket, feed), bucket, feed, id, row }];
}

/** Refuses what no document could hold, before anything of it is stored. */
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

/** The key in the `_id` of a group, or in its `key` where the `_id` cannot tell it. */
export function toGroupKey(document: { readonly _id: string; readonly key?: readonly string[] }): AdvisoryGroupKey {
  const [namespace = '', name = '', feed = '', of = ''] = document.key ?? readableParts(document._id) ?? [];
  return { namespace, package: name, feed, document: of };
}

function groupWrite(group: AdvisoryGroup, hash: string): DocumentWrite {
  const { namespace, package: name, feed, document } = group;
  const id = groupKey(group);
  const all = [...new Set(group.advisories.flatMap((advisory) => [advisory.id, ...(advisory.aliases ?? [])]))].map(
    keyPart,
  );
  const mentions: MentionsDocument[] = [];
  for (let start = idsTogether; start < all.length; start += idsTogether) {
    const number = sequencePart(mentions.length);
    mentions.push({ _id: `${id}\t${number}`, ids: all.slice(start, start + idsTogether), key: [namespace, name] });
  }
  const members = {
    name: recordKey(namespace, name),
    document: recordKey(feed, document),
    hash,
    ids: all.slice(0, idsTogether),
    ...(mentions.length === 0 ? {} : { mentions: mentions.length }),
    ...(readableParts(id) === undefined ? { key: [namespace, name, feed, document] } : {}),
  };
  return { collection: 'advisories', id, content: { value: group, members, mentions } };
}

/** Ids of the documents that hold further mentions of a group. */
export function mentionIds(group: { readonly _id: string; readonly mentions?: number }): readonly string[] {
  return Array.from({ length: group.mentions ?? 0 }, (_, number) => `${group._id}\t${sequencePart(number)}`);
}

/** The number of parts tells changes of texts and of statements apart. */
function changeKey(change: FactChange): string {
  const { update, vulnerability, feed } = change;
  if (isTextChange(change)) return recordKey(update, vulnerability, feed);
  return recordKey(update, vulnerability, change.namespace, change.package, feed, change.document);
}
