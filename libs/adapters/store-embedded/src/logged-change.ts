import {
  isAdvisoryChange,
  isRepositoryChange,
  isTextChange,
  type ChangedVulnerability,
  type LoggedChange,
} from '@clarion/model';

import { type RecordKind, recordKey, readableParts } from './keys';
import type { KeyedRecord } from './records';

// A change is one record by its update, and a key without a value in each index. The key of an index has the same
// parts in another order, so that each leads to the other without being decoded.

/** The kinds of records of changes by update. */
export const changeKinds = ['change', 'group-change', 'repository-change'] as const;

/** What is looked up, with the order of the parts of the keys: what it is about, the feed, the update, the rest. */
interface Index {
  readonly kind: RecordKind;
  /** Positions in the key of the change; 0 is the first part after the kind. */
  readonly parts: readonly number[];
}

/** The indexes of changes by their kind and the number of parts of their keys. */
const indexes: Readonly<Record<string, readonly Index[]>> = {
  // update, vulnerability, namespace, package, feed, document
  'change 6': [
    { kind: 'changed-package', parts: [2, 3, 4, 0, 5, 1] },
    { kind: 'changed-vulnerability', parts: [1, 4, 0, 2, 3, 5] },
  ],
  // update, vulnerability, feed
  'change 3': [{ kind: 'changed-text', parts: [1, 2, 0] }],
  // update, namespace, package, feed, document
  'group-change 5': [
    { kind: 'changed-package', parts: [1, 2, 3, 0, 4] },
    { kind: 'changed-namespace', parts: [1, 3, 0, 2, 4] },
  ],
  // update, repository, feed
  'repository-change 3': [{ kind: 'changed-repository', parts: [1, 2, 0] }],
};

/** For the keys of indexes: the kind of the change, and the position in the index of each part of its key. */
const changesOfIndexes = new Map<string, { readonly kind: string; readonly positions: readonly number[] }>(
  Object.entries(indexes).flatMap(([change, all]) =>
    all.map(({ kind, parts }) => {
      const [changeKind = ''] = change.split(' ');
      return [
        `${kind} ${parts.length}`,
        { kind: changeKind, positions: parts.map((_, n) => parts.indexOf(n)) },
      ] as const;
    }),
  ),
);

/** Whether a key is of a change by its update. */
export function isChangeKey(key: string): boolean {
  return changeKinds.some((kind) => key.startsWith(`${kind}\t`));
}

/** The keys of a change in the indexes, by the key of the change. */
export function indexKeysOf(changeKey: string): readonly string[] {
  const [kind = '', ...parts] = changeKey.split('\t');
  const all = indexes[`${kind} ${parts.length}`] ?? [];
  return all.map((index) => [index.kind, ...index.parts.map((n) => parts[n])].join('\t'));
}

/** The key of the change of a key in an index. */
export function changeKeyOf(indexKey: string): string {
  const [kind = '', ...parts] = indexKey.split('\t');
  const found = changesOfIndexes.get(`${kind} ${parts.length}`);
  return found === undefined ? '' : [found.kind, ...found.positions.map((n) => parts[n])].join('\t');
}

/** The feed in the key of a change, as it is in keys. */
export function feedPartOf(changeKey: string): string {
  const parts = changeKey.split('\t');
  const [kind] = parts;
  if (kind === 'group-change') return parts[4] ?? '';
  if (kind === 'repository-change') return parts[3] ?? '';
  return (parts.length === 4 ? parts[3] : parts[5]) ?? '';
}

/** The records of a change: itself, and, unless it is silent, that its vulnerability is pending publication. */
export function changeRecords(change: LoggedChange): readonly KeyedRecord[] {
  const key = changeKey(change);
  const record: KeyedRecord = [key, readableParts(key) === undefined ? change : withoutKeyParts(change)];
  if (change.silent === true || !('vulnerability' in change)) return [record];
  return [record, [pendingKey(change), [change.update, change.vulnerability]]];
}

/** The number of key parts distinguishes changes of vulnerability records from changes of advisories. */
function changeKey(change: LoggedChange): string {
  const { update, feed } = change;
  if (isTextChange(change)) return recordKey('change', update, change.vulnerability, feed);
  if (isRepositoryChange(change)) return recordKey('repository-change', update, change.repository, feed);
  const { namespace, package: name, document } = change;
  if (isAdvisoryChange(change)) {
    return recordKey('change', update, change.vulnerability, namespace, name, feed, document);
  }
  return recordKey('group-change', update, namespace, name, feed, document);
}

/** The key of the record of a change of the record of a vulnerability. */
export function textChangeKey(update: string, vulnerability: string, feed: string): string {
  return recordKey('change', update, vulnerability, feed);
}

const keyMembers: ReadonlySet<string> = new Set([
  'update',
  'vulnerability',
  'namespace',
  'package',
  'feed',
  'document',
  'repository',
]);

/** There are hundreds of thousands of them: values in the key are not stored again. */
function withoutKeyParts(change: LoggedChange): unknown {
  return Object.fromEntries(Object.entries(change).filter(([member]) => !keyMembers.has(member)));
}

/** The change in a record of `changeRecords`; older stores have complete changes. */
export function toChange(key: string, value: unknown): LoggedChange {
  const parts = readableParts(key);
  return (parts === undefined ? value : { ...keyPartsOf(key, parts), ...(value as object) }) as LoggedChange;
}

function keyPartsOf(key: string, parts: readonly string[]): object {
  const [update, second, third, fourth, fifth, sixth] = parts;
  if (key.startsWith('group-change\t')) {
    return { update, namespace: second, package: third, feed: fourth, document: fifth };
  }
  if (key.startsWith('repository-change\t')) return { update, repository: second, feed: third };
  if (parts.length === 3) return { update, vulnerability: second, feed: third };
  return { update, vulnerability: second, namespace: third, package: fourth, feed: fifth, document: sixth };
}

export function pendingKey({ update, vulnerability }: ChangedVulnerability): string {
  return recordKey('untold', update, vulnerability);
}

/** The key of the pending record for the key of a change of advisories or of a record. */
export function pendingKeyOf(changeKey: string): string {
  const [, update = '', vulnerability = ''] = changeKey.split('\t');
  return ['untold', update, vulnerability].join('\t');
}
