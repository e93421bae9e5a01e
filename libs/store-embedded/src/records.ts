import type {
  AdvisoryGroup,
  AdvisoryGroupKey,
  DocumentState,
  FeedState,
  RepositoryProducts,
  VulnerabilityText,
} from '@clarion/model';

import { recordKey } from './keys';

/** A record with its key; undefined stands for its removal. */
export type KeyedRecord = readonly [key: string, value: unknown];

/** A feed's state as stored: documents as a list, because `__proto__` is a legal document name. */
type FeedRecord = Omit<FeedState, 'documents'> & { readonly documents: readonly (readonly [string, DocumentState])[] };

/** An entry of the index of content hashes: the rest of the group's key and its hash, without the group. */
export type HashRecord = readonly [namespace: string, name: string, document: string, hash: string];

/** The record of a feed's state. */
export function feedRecord(state: FeedState): KeyedRecord {
  return [recordKey('feed', state.feed), { ...state, documents: Object.entries(state.documents) } satisfies FeedRecord];
}

/** The state in a record of `feedRecord`. */
export function toFeedState(value: unknown): FeedState {
  const record = value as FeedRecord;
  return { ...record, documents: Object.fromEntries(record.documents) };
}

/** The two records of a group: itself and its entry in the index of hashes. Without `content`, their removal. */
export function groupRecords(
  key: AdvisoryGroupKey,
  content: { readonly group: AdvisoryGroup; readonly hash: string } | undefined,
): readonly KeyedRecord[] {
  const { namespace, package: name, feed, document } = key;
  const entry = content && ([namespace, name, document, content.hash] satisfies HashRecord);
  return [
    [recordKey('advisories', namespace, name, feed, document), content?.group],
    [recordKey('hash', feed, document, namespace, name), entry],
  ];
}

/** The record of what one feed says about one repository of packages. */
export function repositoryRecord(repository: RepositoryProducts): KeyedRecord {
  return [recordKey('repository', repository.repository, repository.feed), repository];
}

/** The record of what one feed says about one vulnerability. */
export function textRecord(text: VulnerabilityText): KeyedRecord {
  return [textKey(text.id, text.feed), text];
}

export function textKey(id: string, feed: string): string {
  return recordKey('text', id, feed);
}
