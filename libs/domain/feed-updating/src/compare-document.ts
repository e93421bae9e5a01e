import type {
  AdvisoryGroup,
  AdvisoryGroupKey,
  AdvisoryStore,
  DocumentState,
  FeedWriter,
  DocumentValidators,
  VulnerabilityStore,
} from '@clarion/model';
import type { ChangeNoter } from './change-noter';
import type { FeedEvent, WrittenCounts } from './events';
import { CoveredReleases } from './covered-releases';
import { canonical, advisoryCount } from './fingerprint';
import { groupKey } from './group-key';
import { patchedGroup, patchedText } from './patch';
import type { ProblemTally } from './problem-tally';
import type { SpooledRecord } from './record-encoding';
import type { RecordSpool } from './record-spool';
import { shrinkage } from './shrinkage';
import type { StoredTexts } from './stored-texts';
import { writeRepositories, writeTexts, type BatchWriter } from './write-descriptions';

/** A document, or the part of it that a patch touches, ready to be compared with the stored facts. */
export interface GatheredDocument {
  readonly feed: string;
  readonly name: string;
  readonly spool: RecordSpool;
  /** Whether the spool holds the whole document. If not, facts that are not in it stay unchanged. */
  readonly whole: boolean;
  /** Ids of vulnerabilities that only the patch describes. */
  readonly replaced: ReadonlySet<string>;
  readonly problems: ProblemTally;
  readonly validators: DocumentValidators;
  /** The state from the last update. */
  readonly last: DocumentState | undefined;
}

/** Everything that the comparison needs besides the document. */
export interface CompareContext {
  readonly store: AdvisoryStore & VulnerabilityStore;
  readonly writer: FeedWriter;
  /** Absent when nothing of the feed is stored yet: everything is new, and no changes are recorded. */
  readonly notes: ChangeNoter | undefined;
  readonly storedTexts: StoredTexts;
  /** Collects the ids of all vulnerability records, if records that are missing from the feed are to be removed. */
  readonly textIds: Set<string> | undefined;
  /** Apply a document no matter how much it shrinks. */
  readonly force: boolean;
  /** Facts that the document no longer lists are removed, whole namespaces included (`FeedSource.own`). */
  readonly own: boolean;
  readonly now: string;
  readonly signal: AbortSignal | undefined;
}

/** The result for a document. When it is held, the staged writes must be discarded. */
export type ComparedDocument =
  | {
      readonly kind: 'applied';
      readonly state: DocumentState;
      readonly advisories: { readonly before: number; readonly after: number };
      readonly written: WrittenCounts;
    }
  | { readonly kind: 'held'; readonly message: string };

const progressEvery = 2000;

interface StoredGroup {
  readonly key: AdvisoryGroupKey;
  readonly print: string;
}

/** The state of the comparison so far. */
interface ComparisonState {
  /** Stored groups that the document has not mentioned yet. */
  readonly rest: Map<string, StoredGroup>;
  /** Stored groups that a patch leaves empty. */
  readonly emptied: StoredGroup[];
  /** Namespaces that the document mentions. */
  readonly mentioned: Set<string>;
  readonly covered: CoveredReleases;
  /** Groups and advisories in the store after a commit. */
  groups: number;
  advisories: number;
  put: number;
  readonly compared: { groups: number; advisories: number };
}

/**
 * Compares a document with the stored facts and stages what changed. Memory use grows with the number of keys, not with
 * the content.
 */
export async function* compareDocument(
  document: GatheredDocument,
  context: CompareContext,
): AsyncGenerator<FeedEvent, ComparedDocument> {
  const { store, writer, notes, signal } = context;
  const { feed, name, spool } = document;
  const rest = await storedGroups(store, document);
  const before = { groups: rest.size, advisories: sumOfAdvisories(rest.values()) };
  const comparison: ComparisonState = {
    rest,
    emptied: [],
    mentioned: new Set(),
    covered: new CoveredReleases(document.whole),
    ...before,
    put: 0,
    compared: { groups: 0, advisories: 0 },
  };
  const texts = writeTexts(context);
  const repositories = writeRepositories(context);
  let done = 0;
  for (const records of spool.entries()) {
    if (done++ % progressEvery === 0) {
      signal?.throwIfAborted();
      yield { kind: 'progress', feed, document: name, phase: 'comparing', bytes: 0, ...comparison.compared };
    }
    await compareRecords(records, document, { writer, notes, comparison, texts, repositories });
  }
  const isGone = ({ key }: StoredGroup): boolean => context.own || comparison.mentioned.has(key.namespace);
  const frozen = document.whole ? [...rest.values()].filter((group) => !isGone(group)) : [];
  const vanished = document.whole ? [...rest.values()].filter(isGone) : comparison.emptied;
  const after = {
    groups: comparison.groups - vanished.length,
    advisories: comparison.advisories - sumOfAdvisories(vanished),
  };
  const lost = { lostGroups: vanished.length, lostAdvisories: before.advisories - after.advisories };
  const message = shrinkage({ ...before, ...lost });
  if (message !== undefined && !context.force) return { kind: 'held', message: `${name} ${message}` };
  for (const { key } of vanished) {
    await writer.remove(key);
    await notes?.group(key, undefined);
  }
  await notes?.end();
  const written = { groups: comparison.put, removed: vanished.length };
  return {
    kind: 'applied',
    state: stateOf(document, { comparison, frozen, groups: after.groups, now: context.now, own: context.own }),
    advisories: { before: before.advisories, after: after.advisories },
    written: { ...written, texts: await texts.end(), repositories: await repositories.end() },
  };
}

async function storedGroups(
  store: Pick<AdvisoryStore, 'groupHashes'>,
  { feed, name }: GatheredDocument,
): Promise<Map<string, StoredGroup>> {
  const stored = new Map<string, StoredGroup>();
  for await (const [key, print] of store.groupHashes(feed, name)) stored.set(groupKey(key), { key, print });
  return stored;
}

function sumOfAdvisories(groups: Iterable<StoredGroup>): number {
  let sum = 0;
  for (const { print } of groups) sum += advisoryCount(print);
  return sum;
}

interface ComparisonTarget {
  readonly writer: FeedWriter;
  readonly notes: ChangeNoter | undefined;
  readonly comparison: ComparisonState;
  readonly texts: BatchWriter<'vulnerability'>;
  readonly repositories: BatchWriter<'repository'>;
}

async function compareRecords(
  records: readonly SpooledRecord[],
  { replaced, problems }: GatheredDocument,
  target: ComparisonTarget,
): Promise<void> {
  const last = records.at(-1)?.[1];
  if (last === undefined) return;
  if (last.kind === 'repository') return target.repositories.add(last);
  if (last.kind === 'vulnerability') {
    const text = patchedText(records, replaced);
    if (text !== undefined) await target.texts.add({ kind: 'vulnerability', text });
    return;
  }
  const { group, refused } = patchedGroup(records, replaced);
  for (let count = 0; count < refused; count += 1) {
    problems.note(`${last.group.package}: parts of it disagree about names, versions or epochs`);
  }
  if (group !== undefined) {
    target.comparison.covered.note(group.namespace, records);
    return putGroup(group, target);
  }
  const known = target.comparison.rest.get(groupKey(last.group));
  if (known !== undefined) target.comparison.emptied.push(known);
}

async function putGroup(joined: AdvisoryGroup, { writer, notes, comparison }: ComparisonTarget): Promise<void> {
  const { group, print } = canonical(joined);
  const key = groupKey(group);
  const before = comparison.rest.get(key)?.print;
  comparison.rest.delete(key);
  comparison.mentioned.add(group.namespace);
  comparison.compared.groups += 1;
  comparison.compared.advisories += group.advisories.length;
  comparison.groups += before === undefined ? 1 : 0;
  comparison.advisories += group.advisories.length - (before === undefined ? 0 : advisoryCount(before));
  if (before === print) return;
  comparison.put += 1;
  await writer.put(group, print);
  await notes?.group(group, group);
}

interface ComparisonEnd {
  readonly comparison: ComparisonState;
  readonly frozen: readonly StoredGroup[];
  readonly groups: number;
  readonly now: string;
  readonly own: boolean;
}

function stateOf(document: GatheredDocument, { comparison, frozen, groups, now, own }: ComparisonEnd): DocumentState {
  const { last, whole, validators, problems } = document;
  const { mentioned } = comparison;
  // A release that an upstream drops at its end of life keeps its facts.
  const silent = whole
    ? new Set(frozen.map(({ key }) => key.namespace))
    : new Set(last?.namespaces.filter((namespace) => !mentioned.has(namespace)));
  const since = new Map(Object.entries(last?.frozen ?? {}));
  const frozenSince = [...silent].sort().flatMap((namespace) => {
    const time = since.get(namespace) ?? (whole ? now : undefined);
    return time === undefined ? [] : [[namespace, time] as const];
  });
  const count = problems.count + (whole ? 0 : (last?.problems ?? 0));
  const namespaces = [...new Set([...mentioned, ...silent])].sort();
  // Own data covers only its own namespaces, which the configuration lists.
  const addOnsOnly = own ? [] : comparison.covered.addOnsOnly(namespaces, { mentioned, last });
  return {
    validators,
    groups,
    namespaces,
    ...(addOnsOnly.length === 0 ? {} : { addOnsOnly }),
    ...(frozenSince.length === 0 ? {} : { frozen: Object.fromEntries(frozenSince) }),
    ...(count === 0 ? {} : { problems: count }),
  };
}
