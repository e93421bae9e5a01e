import { type ChangeNoter, noteChanges, type ChangeRecording } from '@clarion/feed-updating';
import { type AdvisoryGroupKey, type FeedFacts, ClarionError, type FeedState, type FeedWriter } from '@clarion/model';
import type { BundleRecord, FeedNaming } from './bundle-record';
import { readBundle } from './read-bundle';

/** What a bundle was found to hold. */
export interface BundleContent {
  readonly feeds: readonly FeedState[];
  readonly groups: number;
  readonly texts: number;
  readonly repositories: number;
}

export interface ImportOptions {
  /** Names the bundle in errors. */
  readonly label: string;
  /** What a feed of the bundle is called here; as there unless stated. What it is undefined for is left out. */
  readonly nameOf?: FeedNaming;
  /** Given where changes of facts are published (`ChangeStore`), and counts of images depend on them. */
  readonly recording?: ChangeRecording;
  readonly signal?: AbortSignal;
}

/**
 * Makes what the feeds of a bundle say the stored facts; feeds that are not in it stay as they are. The bundle is read
 * twice (`open` gives its bytes again): nothing is staged before its checksum was found right, and nothing is visible to
 * readers before all of it is. Throws `ClarionError`: that of `readBundle`, or `invalid-input` while one of the feeds is
 * being updated; the stored facts are then as they were. Where changes are published, those of feeds that were loaded before are recorded,
 * and the state of others says that counts are pending.
 */
export async function importFacts(
  open: () => AsyncIterable<Uint8Array>,
  store: FeedFacts,
  options: ImportOptions,
): Promise<BundleContent> {
  const content = await check(open(), options);
  const imports = new Map<string, FeedImport>();
  let committing = false;
  try {
    for (const state of content.feeds) imports.set(state.feed, await startImport(store, state, options.recording));
    await stageAll(open(), imports, options);
    await removeOthers(store, imports);
    for (const { notes, writer } of imports.values()) await notes?.write(writer);
    options.signal?.throwIfAborted();
    committing = true;
    await store.commitFeeds([...imports.values()]);
    return content;
  } finally {
    for (const { notes } of imports.values()) notes?.close();
    if (!committing) for (const { writer } of imports.values()) await writer.abort();
  }
}

async function check(bytes: AsyncIterable<Uint8Array>, options: ImportOptions): Promise<BundleContent> {
  const feeds = new Map<string, FeedState>();
  const counts = { group: 0, text: 0, repository: 0 };
  for await (const record of records(bytes, options)) {
    if (record.kind === 'feed') feeds.set(record.state.feed, record.state);
    else if (record.kind in counts) counts[record.kind as keyof typeof counts] += 1;
  }
  return { feeds: [...feeds.values()], groups: counts.group, texts: counts.text, repositories: counts.repository };
}

/** Under the names that feeds have here, and only of those that have one. */
async function* records(
  bytes: AsyncIterable<Uint8Array>,
  { label, nameOf, signal }: ImportOptions,
): AsyncGenerator<BundleRecord> {
  for await (const record of readBundle(bytes, label)) {
    signal?.throwIfAborted();
    const named = nameOf === undefined ? record : renamed(record, nameOf);
    if (named !== undefined) yield named;
  }
}

function renamed(record: BundleRecord, nameOf: FeedNaming): BundleRecord | undefined {
  const named = <Fact extends { readonly feed: string }>(fact: Fact): Fact | undefined => {
    const feed = nameOf(fact.feed);
    return feed === undefined ? undefined : { ...fact, feed };
  };
  switch (record.kind) {
    case 'feed': {
      const state = named(record.state);
      return state && { ...record, state };
    }
    case 'group': {
      const group = named(record.group);
      return group && { ...record, group };
    }
    case 'text': {
      const text = named(record.text);
      return text && { ...record, text };
    }
    case 'repository': {
      const repository = named(record.repository);
      return repository && { ...record, repository };
    }
    default:
      return record;
  }
}

interface FeedImport {
  readonly state: FeedState;
  readonly writer: FeedWriter;
  readonly groups: Set<string>;
  readonly texts: Set<string>;
  readonly repositories: Set<string>;
  /** Absent where changes of this feed are not published. */
  readonly notes: Notes | undefined;
}

interface Notes extends Omit<ChangeNoter, 'write'> {
  /** Whether a group is stored as it is in the bundle. */
  isStored(key: string, hash: string): boolean;
  write(writer: FeedWriter): Promise<void>;
}

async function startImport(
  store: FeedFacts,
  exported: FeedState,
  recording: ChangeRecording | undefined,
): Promise<FeedImport> {
  const { feed } = exported;
  const writer = await store.writeFeed(feed);
  try {
    const last = (await store.feedStates()).find((one) => one.feed === feed);
    const notes =
      recording === undefined || last?.lastSuccess === undefined ? undefined : await notesOf(store, last, recording);
    const { countsPending: _, ...state } = exported;
    const pending = last?.countsPending === true || (recording !== undefined && notes === undefined);
    return {
      state: pending ? { ...state, countsPending: true } : state,
      writer,
      ...{ groups: new Set(), texts: new Set(), repositories: new Set(), notes },
    };
  } catch (error) {
    await writer.abort();
    throw error;
  }
}

async function notesOf(store: FeedFacts, last: FeedState, { openScratch, newId }: ChangeRecording): Promise<Notes> {
  const hashes = new Map<string, string>();
  for (const document of Object.keys(last.documents)) {
    for await (const [key, hash] of store.groupHashes(last.feed, document)) hashes.set(keyOf(key), hash);
  }
  const noter = noteChanges(store, { openScratch });
  return {
    ...noter,
    isStored: (key, hash) => hashes.get(key) === hash,
    write: (writer) => noter.write(newId(), writer),
  };
}

async function stageAll(
  bytes: AsyncIterable<Uint8Array>,
  imports: ReadonlyMap<string, FeedImport>,
  options: ImportOptions,
): Promise<void> {
  const importOf = (feed: string): FeedImport => {
    const found = imports.get(feed);
    if (found !== undefined) return found;
    throw new ClarionError('corrupt-data', `${options.label} holds facts of ${feed}, but not the state of that feed`);
  };
  for await (const record of records(bytes, options)) {
    if (record.kind === 'group') {
      const { writer, groups, notes } = importOf(record.group.feed);
      const key = keyOf(record.group);
      groups.add(key);
      if (notes?.isStored(key, record.hash) === false) await notes.group(record.group, record.group);
      await writer.put(record.group, record.hash);
    } else if (record.kind === 'text') {
      const { writer, texts, notes } = importOf(record.text.feed);
      texts.add(record.text.id);
      await notes?.text(record.text);
      await writer.putText(record.text);
    } else if (record.kind === 'repository') {
      const { writer, repositories } = importOf(record.repository.feed);
      repositories.add(record.repository.repository);
      await writer.putRepository(record.repository);
    }
  }
}

/** What the store holds of these feeds and the bundle does not. */
async function removeOthers(store: FeedFacts, imports: ReadonlyMap<string, FeedImport>): Promise<void> {
  for (const { feed, documents } of await store.feedStates()) {
    const { writer, groups, notes } = imports.get(feed) ?? {};
    if (writer === undefined || groups === undefined) continue;
    for (const document of Object.keys(documents)) {
      for await (const [key] of store.groupHashes(feed, document)) {
        if (groups.has(keyOf(key))) continue;
        await notes?.group(key, undefined);
        await writer.remove(key);
      }
    }
  }
  for await (const { id, feed } of store.texts()) {
    const imported = imports.get(feed);
    if (imported === undefined || imported.texts.has(id)) continue;
    await imported.notes?.removedText(id, feed);
    await imported.writer.removeText(id);
  }
  for await (const { repository, feed } of store.allRepositories()) {
    const imported = imports.get(feed);
    if (imported?.repositories.has(repository) === false) await imported.writer.removeRepository(repository);
  }
}

function keyOf({ namespace, package: name, document }: AdvisoryGroupKey): string {
  return JSON.stringify([namespace, name, document]);
}
