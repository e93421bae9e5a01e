import type { AdvisoryStore, FeedRecord, FeedWriter, RepositoryProducts, VulnerabilityStore } from '@clarion/model';
import type { TextChangeCollector } from './collect-text-changes';
import type { StoredTexts } from './stored-texts';

const batch = 200;

/** Stages records that differ from the stored ones of the same feed. */
export interface BatchWriter<Kind extends FeedRecord['kind']> {
  add(record: Extract<FeedRecord, { readonly kind: Kind }>): Promise<void>;
  /** Returns the number of records written. */
  end(): Promise<number>;
}

interface DescriptionTarget {
  readonly store: Pick<AdvisoryStore, 'repositories'> & Pick<VulnerabilityStore, 'vulnerabilities'>;
  readonly writer: FeedWriter;
  readonly storedTexts: StoredTexts;
  readonly textIds: Set<string> | undefined;
  /** Absent where changes are not recorded. */
  readonly textChanges: TextChangeCollector | undefined;
  /** Nothing of the feed is stored: everything is new, and no lookups are needed. */
  readonly firstImport: boolean;
}

/** Stages vulnerability records. */
export function writeTexts(target: DescriptionTarget): BatchWriter<'vulnerability'> {
  const { writer, storedTexts, textIds, textChanges, firstImport } = target;
  return batchWriter(async (records) => {
    const texts = records.map(({ text }) => text);
    for (const { id } of texts) textIds?.add(id);
    const changed = firstImport ? texts.map((text) => ({ text })) : await storedTexts.changed(texts);
    await textChanges?.changed(changed);
    for (const { text } of changed) await writer.putText(text);
    return changed.length;
  });
}

/** Stages the products of repositories. */
export function writeRepositories({ store, writer }: DescriptionTarget): BatchWriter<'repository'> {
  return batchWriter(async (records) => {
    const repositories = records.map(({ repository }) => repository);
    const changed = await changedRepositories(store, repositories);
    for (const repository of changed) await writer.putRepository(repository);
    return changed.length;
  });
}

/** Stages the removal of the feed's vulnerability records for `ids`; returns how many there were. */
export async function removeTexts(
  {
    store,
    writer,
    textChanges,
  }: Pick<DescriptionTarget, 'writer' | 'textChanges'> & {
    readonly store: Pick<VulnerabilityStore, 'vulnerabilities'>;
  },
  feed: string,
  ids: readonly string[],
): Promise<number> {
  let removed = 0;
  for (let at = 0; at < ids.length; at += batch) {
    const found = await store.vulnerabilities(ids.slice(at, at + batch));
    const own = found.flatMap(({ texts }) => texts.filter((text) => text.feed === feed));
    await textChanges?.removed(own);
    for (const { id } of own) await writer.removeText(id);
    removed += own.length;
  }
  return removed;
}

function batchWriter<Kind extends FeedRecord['kind']>(
  write: (records: readonly Extract<FeedRecord, { readonly kind: Kind }>[]) => Promise<number>,
): BatchWriter<Kind> {
  const waiting: Extract<FeedRecord, { readonly kind: Kind }>[] = [];
  let written = 0;
  return {
    async add(record) {
      waiting.push(record);
      if (waiting.length >= batch) written += await write(waiting.splice(0));
    },
    async end() {
      if (waiting.length > 0) written += await write(waiting.splice(0));
      return written;
    },
  };
}

async function changedRepositories(
  store: Pick<AdvisoryStore, 'repositories'>,
  repositories: readonly RepositoryProducts[],
): Promise<readonly RepositoryProducts[]> {
  const known = await store.repositories(repositories.map(({ repository }) => repository));
  const stored = new Set(known.map(contentOf));
  return repositories.filter((repository) => !stored.has(contentOf(repository)));
}

function contentOf({ feed, repository, cpes }: RepositoryProducts): string {
  return JSON.stringify([feed, repository, cpes]);
}
