import { createHash } from 'node:crypto';
import type {
  AdvisoryGroup,
  AdvisoryGroupKey,
  AdvisoryStore,
  Conditional,
  DocumentState,
  FeedRecord,
  FeedSource,
  FeedWriter,
} from '@clarion/model';
import { collectChanges, type ChangeCollector } from './collect-changes';
import type { AdvisoriesChanged, FeedEvent, Written } from './events';
import { fingerprint, meaningOf, statementsOf } from './fingerprint';
import { shrinkage } from './shrinkage';
import { writeTexts } from './write-texts';

/** Everything that applying a document needs beside the document. */
export interface DocumentContext {
  readonly source: FeedSource;
  readonly store: AdvisoryStore;
  readonly writer: FeedWriter;
  /** Nothing of the feed is stored yet: everything is new, and nobody is told. */
  readonly firstImport: boolean;
  /** Apply a document however much it shrinks. */
  readonly force: boolean;
  readonly signal: AbortSignal | undefined;
}

/** What became of a document whose content arrived. Unless applied, the staged writes must be thrown away. */
export type Applied =
  | {
      readonly kind: 'applied';
      readonly state: DocumentState;
      readonly statements: { readonly before: number; readonly after: number };
      readonly written: Written;
      readonly changes: readonly AdvisoriesChanged[];
      readonly problems: Problems;
    }
  | { readonly kind: 'held'; readonly message: string }
  | { readonly kind: 'failed'; readonly error: unknown };

/** Records that could not be understood. */
export interface Problems {
  readonly count: number;
  readonly samples: readonly string[];
}

const maxSamples = 10;
const progressEvery = 2000;

interface Progress {
  bytes: number;
  groups: number;
  put: number;
  removed: number;
  statements: number;
  problems: number;
  readonly samples: string[];
}

/** Compares a document with the stored facts and stages what changed. Memory grows with its keys, not its content. */
export async function* applyDocument(
  context: DocumentContext,
  name: string,
  answer: Extract<Conditional, { kind: 'content' }>,
): AsyncGenerator<FeedEvent, Applied> {
  const { source, store, writer } = context;
  const stored = await storedGroups(store, source.id, name);
  const progress: Progress = { bytes: 0, groups: 0, put: 0, removed: 0, statements: 0, problems: 0, samples: [] };
  const digest = createHash('sha256');
  const body = tap(answer.body, (chunk) => {
    digest.update(chunk);
    progress.bytes += chunk.length;
  });
  const changes = collectChanges(store, context.firstImport);
  const texts = writeTexts(context);
  const seen = new Set<string>();
  const namespaces = new Set<string>();
  let records = 0;
  for await (const record of guarded(source, name, body)) {
    if (records++ % progressEvery === 0) {
      context.signal?.throwIfAborted();
      yield { kind: 'progress', feed: source.id, document: name, bytes: progress.bytes, groups: progress.groups };
    }
    if (record.kind === 'failed') return record;
    if (record.kind === 'vulnerability') await texts.add(record.text);
    else if (record.kind === 'repository') await writer.putRepository(record.repository);
    else if (record.kind === 'problem') note(progress, `${record.record}: ${record.message}`);
    else if (seen.has(keyOf(record.group))) note(progress, `${record.group.package}: stands in the document twice`);
    else {
      seen.add(keyOf(record.group));
      namespaces.add(record.group.namespace);
      await putGroup(record.group, { stored, writer, changes, progress });
    }
  }
  const gone = [...stored].filter(([key]) => !seen.has(key)).map(([, group]) => group);
  // A release that an upstream drops at its end of life keeps its facts.
  const frozen = gone.filter(({ key }) => !namespaces.has(key.namespace));
  const vanished = gone.filter(({ key }) => namespaces.has(key.namespace));
  const before = count([...stored.values()]);
  const kept = count(frozen);
  const statements = progress.statements + kept.statements;
  const message = shrinkage({ ...before, lostGroups: vanished.length, lostStatements: before.statements - statements });
  if (message !== undefined && !context.force) return { kind: 'held', message: `${name} ${message}` };
  for (const { key } of vanished) {
    await writer.remove(key);
    await changes.add({ key, after: undefined });
  }
  yield { kind: 'progress', feed: source.id, document: name, bytes: progress.bytes, groups: progress.groups };
  return {
    kind: 'applied',
    state: {
      validators: { ...answer.validators, contentDigest: `sha256:${digest.digest('hex')}` },
      groups: progress.groups + frozen.length,
      namespaces: [...new Set([...namespaces, ...frozen.map(({ key }) => key.namespace)])].sort(),
    },
    statements: { before: before.statements, after: statements },
    written: { groups: progress.put, removed: vanished.length, texts: await texts.end() },
    changes: await changes.end(),
    problems: { count: progress.problems, samples: progress.samples },
  };
}

interface StoredGroup {
  readonly key: AdvisoryGroupKey;
  readonly print: string;
}

async function storedGroups(store: AdvisoryStore, feed: string, document: string): Promise<Map<string, StoredGroup>> {
  const stored = new Map<string, StoredGroup>();
  for await (const [key, print] of store.groupHashes(feed, document)) stored.set(keyOf(key), { key, print });
  return stored;
}

/** Unambiguous whatever characters a hostile name has. */
function keyOf({ namespace, package: name }: AdvisoryGroupKey): string {
  return `${namespace.length}:${namespace}${name}`;
}

function count(groups: readonly StoredGroup[]): { readonly groups: number; readonly statements: number } {
  return { groups: groups.length, statements: groups.reduce((sum, { print }) => sum + statementsOf(print), 0) };
}

interface Target {
  readonly stored: ReadonlyMap<string, StoredGroup>;
  readonly writer: FeedWriter;
  readonly changes: ChangeCollector;
  readonly progress: Progress;
}

async function putGroup(group: AdvisoryGroup, { stored, writer, changes, progress }: Target): Promise<void> {
  const print = fingerprint(group);
  const before = stored.get(keyOf(group))?.print;
  progress.groups += 1;
  progress.statements += group.advisories.length;
  if (before === print) return;
  progress.put += 1;
  await writer.put(group, print);
  if (before !== undefined && meaningOf(before) === meaningOf(print)) return;
  await changes.add({ key: group, after: group });
}

function note(progress: Progress, text: string): void {
  progress.problems += 1;
  if (progress.samples.length < maxSamples) progress.samples.push(text.slice(0, 300));
}

/** Whatever goes wrong in fetching and parsing becomes the last record, so that it is told from failures of the store. */
async function* guarded(
  source: FeedSource,
  name: string,
  body: AsyncIterable<Uint8Array>,
): AsyncGenerator<FeedRecord | { readonly kind: 'failed'; readonly error: unknown }> {
  try {
    yield* source.parse({ name, body });
  } catch (error) {
    yield { kind: 'failed', error };
  }
}

async function* tap(body: AsyncIterable<Uint8Array>, look: (chunk: Uint8Array) => void): AsyncGenerator<Uint8Array> {
  for await (const chunk of body) {
    look(chunk);
    yield chunk;
  }
}
