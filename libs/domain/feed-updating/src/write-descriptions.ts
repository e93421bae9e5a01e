import type { AdvisoryStore, FeedRecord, FeedWriter, RepositoryProducts, VulnerabilityStore } from '@clarion/model';
import type { ChangeNoter } from './change-noter';
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
  /** Absent when nothing of the feed is stored: everything is new, no changes are recorded, and no lookups are needed. */
  readonly notes: ChangeNoter | undefined;
}

/** Stages vulnerability records. */
export function writeTexts(target: DescriptionTarget): BatchWriter<'vulnerability'> {
  const { writer, storedTexts, textIds, notes } = target;
  return batchWriter(async (records) => {
    const texts = records.map(({ text }) => text);
    for (const { id } of texts) textIds?.add(id);
    const changed = notes === undefined ? texts.map((text) => ({ text })) : await storedTexts.changed(texts);
    await notes?.texts.changed(changed);
    for (const { text } of changed) await writer.putText(text);
    return changed.length;
  });
}

/** Stages the products of repositories. */
export function writeRepositories({ store, writer, notes }: DescriptionTarget): BatchWriter<'repository'> {
  return batchWriter(async (records) => {
    const repositories = records.map(({ repository }) => repository);
    const changed = await changedRepositories(store, repositories);
    for (const { before, after } of changed) {
      await notes?.repository(before, after);
      await writer.putRepository(after);
    }
    return changed.length;
  });
}

/** Stages the removal of the feed's vulnerability records for `ids`; returns how many there were. */
export async function removeTexts(
  {
    store,
    writer,
    notes,
  }: Pick<DescriptionTarget, 'writer' | 'notes'> & {
    readonly store: Pick<VulnerabilityStore, 'vulnerabilities'>;
  },
  feed: string,
  ids: readonly string[],
): Promise<number> {
  let removed = 0;
  for (let at = 0; at < ids.length; at += batch) {
    const found = await store.vulnerabilities(ids.slice(at, at + batch));
    const own = found.flatMap(({ texts }) => texts.filter((text) => text.feed === feed));
    await notes?.texts.removed(own);
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

interface ChangedRepository {
  readonly before: RepositoryProducts | undefined;
  readonly after: RepositoryProducts;
}

async function changedRepositories(
  store: Pick<AdvisoryStore, 'repositories'>,
  repositories: readonly RepositoryProducts[],
): Promise<readonly ChangedRepository[]> {
  const known = await store.repositories(repositories.map(({ repository }) => repository));
  const stored = new Map(known.map((one) => [nameOf(one), one]));
  return repositories
    .map((after) => ({ before: stored.get(nameOf(after)), after }))
    .filter(({ before, after }) => before === undefined || contentOf(before) !== contentOf(after));
}

function nameOf({ feed, repository }: RepositoryProducts): string {
  return JSON.stringify([feed, repository]);
}

function contentOf({ cpes }: RepositoryProducts): string {
  return JSON.stringify(cpes);
}
