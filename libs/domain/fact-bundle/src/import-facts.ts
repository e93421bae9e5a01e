import { canonical, removeTexts, type UpdatedFacts } from '@clarion/feed-updating';
import { type AdvisoryGroup, ClarionError, type FeedState } from '@clarion/model';
import { committed, type FeedImport, type FeedOfBundle, importGroup, keyOf, startImport } from './feed-import';
import { addGroup, addOnce } from './feed-tally';
import { namedRecords, type NamingOptions } from './named-records';
import { requirePast, requirePlausible, requireWhole } from './requirements';

/** The content of an imported bundle. */
export interface BundleContent {
  readonly feeds: readonly FeedState[];
  readonly groups: number;
  readonly texts: number;
  readonly repositories: number;
}

export interface ImportOptions extends NamingOptions {
  /** Nobody is notified of changes: they are recorded for the history only. */
  readonly unpublished?: boolean;
  /** Whether a feed is own data, which users may remove as they like. */
  readonly isOwn?: (feed: string) => boolean;
  /** Also imports feeds without facts, and feeds that lose more than an update may. */
  readonly force?: boolean;
  readonly now?: () => Date;
}

/**
 * Replaces the stored facts of the feeds in a bundle; other feeds stay unchanged. The bundle is read twice (`open`
 * returns its bytes again): nothing is staged before its checksum is verified, and nothing is visible to readers before
 * all of it is. Throws `ClarionError`: those of `readBundle`; `corrupt-data` if the facts of a feed do not match its
 * state; `invalid-input` if a feed would lose too much (see `force`), or while one of the feeds is being updated. The
 * stored facts are then unchanged. The changes of previously loaded feeds are recorded; the states of all other feeds mark
 * their counts as pending (`countsPending`). The next update of an imported feed reads all of its documents,
 * because only the upstream knows their content.
 */
export async function importFacts(
  open: () => AsyncIterable<Uint8Array>,
  store: UpdatedFacts,
  options: ImportOptions,
): Promise<BundleContent> {
  const { now = () => new Date(), isOwn = () => false, force = false } = options;
  const at = now();
  const { states, ...counts } = await check(open(), at, options);
  const imports = new Map<string, FeedImport>();
  let committing = false;
  try {
    for (const feed of states.values()) {
      imports.set(feed.state.feed, await startImport(store, feed, { now: at, unpublished: options.unpublished }));
    }
    await stageAll(open(), imports, options);
    requireWhole(imports, options.label);
    await removeOthers(store, imports);
    if (!force) await requirePlausible(imports, at, { isOwn, label: options.label });
    options.signal?.throwIfAborted();
    committing = true;
    const feeds = [...imports].map(([feed, one]) => committed(one, { now: at, force: force || isOwn(feed) }));
    await store.commitFeeds(feeds);
    return { ...counts, feeds: feeds.map(({ state }) => state) };
  } finally {
    if (!committing) for (const { writer } of imports.values()) await writer.abort();
  }
}

interface CheckedBundle extends Omit<BundleContent, 'feeds'> {
  readonly states: ReadonlyMap<string, FeedOfBundle>;
}

async function check(bytes: AsyncIterable<Uint8Array>, now: Date, options: ImportOptions): Promise<CheckedBundle> {
  const states = new Map<string, FeedOfBundle>();
  const counts = { group: 0, text: 0, repository: 0 };
  for await (const record of namedRecords(bytes, options)) {
    if (record.kind === 'feed') {
      const { feed } = record.state;
      if (states.has(feed)) throw new ClarionError('corrupt-data', `${options.label} has two states of ${feed}`);
      requirePast(record.state, now, options.label);
      // For a feed that was never loaded, the bundle has nothing that could replace the stored facts.
      if (record.state.lastSuccess !== undefined) states.set(feed, record);
    } else if (record.kind in counts) counts[record.kind as keyof typeof counts] += 1;
  }
  return { states, groups: counts.group, texts: counts.text, repositories: counts.repository };
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
  for await (const record of namedRecords(bytes, options)) {
    if (record.kind === 'group') {
      const feed = importOf(record.group.feed);
      const imported = fingerprinted(record.group, options);
      addGroup(feed.tally, keyOf(imported.group), imported.group);
      await importGroup(feed, imported);
    } else if (record.kind === 'text') {
      const { tally, texts } = importOf(record.text.feed);
      addOnce(tally.texts, record.text.id, record.text.feed);
      await texts.add({ kind: 'vulnerability', text: record.text });
    } else if (record.kind === 'repository') {
      const { tally, repositories } = importOf(record.repository.feed);
      addOnce(tally.repositories, record.repository.repository, record.repository.feed);
      await repositories.add(record);
    }
  }
  for (const { texts, repositories } of imports.values()) {
    await texts.end();
    await repositories.end();
  }
}

/** The hash decides what an update rewrites, so it is computed from the facts and not taken from the bundle. */
function fingerprinted(group: AdvisoryGroup, { label }: ImportOptions): ReturnType<typeof canonical> {
  try {
    return canonical(group);
  } catch (cause) {
    const subject = `${group.namespace} ${group.package}`;
    throw new ClarionError('corrupt-data', `${label} holds a group of unknown shape: ${subject}`, { cause });
  }
}

/** Removes stored facts of these feeds that are not in the bundle. */
async function removeOthers(store: UpdatedFacts, imports: ReadonlyMap<string, FeedImport>): Promise<void> {
  for (const [feed, one] of imports) {
    const { writer, tally, notes, last, lost, storedTexts } = one;
    for (const document of Object.keys(last?.documents ?? {})) {
      for await (const [key] of store.groupHashes(feed, document)) {
        if (tally.groups.has(keyOf(key))) continue;
        lost.groups += 1;
        await notes?.group(key, undefined);
        await writer.remove(key);
      }
    }
    await notes?.end();
    const texts = [...(await storedTexts.ids())].filter((id) => !tally.texts.has(id));
    lost.texts = await removeTexts({ store, writer, notes }, feed, texts);
  }
  for await (const stored of store.allRepositories()) {
    const imported = imports.get(stored.feed);
    if (imported === undefined || imported.tally.repositories.has(stored.repository)) continue;
    await imported.notes?.repository(stored, undefined);
    await imported.writer.removeRepository(stored.repository);
  }
}
