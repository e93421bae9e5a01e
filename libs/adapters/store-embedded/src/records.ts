import type {
  AdvisoryGroup,
  AdvisoryGroupKey,
  DocumentState,
  FeedState,
  RepositoryProducts,
  VulnerabilityRecord,
} from '@clarion/model';

import { readableParts, recordKey } from './keys';

/** A record with its key; undefined means removal. */
export type KeyedRecord = readonly [key: string, value: unknown];

/** A feed's state as stored: documents as a list, because `__proto__` is a legal document name. */
type FeedRecord = Omit<FeedState, 'documents'> & {
  readonly documents: readonly (readonly [string, DocumentState])[];
};

/** The record of a feed's state. */
export function feedRecord(state: FeedState): KeyedRecord {
  return [recordKey('feed', state.feed), toFeedRecord(state)];
}

/** A feed's state as it can be stored. */
export function toFeedRecord(state: FeedState): FeedRecord {
  return { ...state, documents: Object.entries(state.documents) };
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
  return [[recordKey('advisories', namespace, name, feed, document), content?.group], hashRecord(key, content?.hash)];
}

/** What the index of content hashes stores if the key does not contain it. */
type HashRecord = string | readonly [hash: string, feed: string, document: string, namespace: string, name: string];

function hashRecord({ namespace, package: name, feed, document }: AdvisoryGroupKey, hash?: string): KeyedRecord {
  const key = recordKey('hash', feed, document, namespace, name);
  // There are a hundred thousand of them: values in the key are not stored again.
  const value: HashRecord | undefined =
    hash === undefined || readableParts(key) !== undefined ? hash : [hash, feed, document, namespace, name];
  return [key, value];
}

/** The group and the hash in an entry of the index of content hashes. */
export function toGroupHash(key: string, value: unknown): readonly [AdvisoryGroupKey, string] {
  const record = value as HashRecord;
  const [hash, ...keyParts] = typeof record === 'string' ? [record] : record;
  const [feed = '', document = '', namespace = '', name = ''] =
    keyParts.length > 0 ? keyParts : (readableParts(key) ?? []);
  return [{ namespace, package: name, feed, document }, hash];
}

/** The record of one feed about one package repository. */
export function repositoryRecord(repository: RepositoryProducts): KeyedRecord {
  return [repositoryKey(repository.repository, repository.feed), repository];
}

export function repositoryKey(repository: string, feed: string): string {
  return recordKey('repository', repository, feed);
}

/** The record of one feed about one vulnerability. */
export function textRecord(text: VulnerabilityRecord): KeyedRecord {
  const key = textKey(text.id, text.feed);
  if (readableParts(key) === undefined) return [key, text];
  // Scores of all CVEs are a few bytes each: values in the key are not stored again.
  return [key, Object.fromEntries(Object.entries(text).filter(([member]) => member !== 'id' && member !== 'feed'))];
}

/** The vulnerability record in a record of `textRecord`. */
export function toText(key: string, value: unknown): VulnerabilityRecord {
  const [feed, id] = readableParts(key) ?? [];
  const text = value as Omit<VulnerabilityRecord, 'id' | 'feed'>;
  return id === undefined || feed === undefined ? (value as VulnerabilityRecord) : { feed, id, ...text };
}

/** By feed first: a new feed is appended instead of being interleaved with all others. */
export function textKey(id: string, feed: string): string {
  return recordKey('text', feed, id);
}
