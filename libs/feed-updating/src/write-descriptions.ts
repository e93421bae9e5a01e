import type { AdvisoryStore, FeedRecord, FeedWriter, RepositoryProducts, VulnerabilityText } from '@clarion/model';
import { wordingOf } from './fingerprint';

const batch = 200;

/** Stages records that say something else than the stored ones of the same feed. */
export interface BatchWriter<Kind extends FeedRecord['kind']> {
  add(record: Extract<FeedRecord, { readonly kind: Kind }>): Promise<void>;
  /** How many were written in all. */
  end(): Promise<number>;
}

interface Target {
  readonly store: AdvisoryStore;
  readonly writer: FeedWriter;
  readonly textIds: Set<string> | undefined;
  /** Nothing of the feed is stored: everything is new, and looking for it would be in vain. */
  readonly firstImport: boolean;
}

/** Stages texts of vulnerabilities. */
export function writeTexts(
  { store, writer, textIds, firstImport }: Target,
  feed: string,
): BatchWriter<'vulnerability'> {
  return batchWriter(async (records) => {
    const texts = records.map(({ text }) => text);
    for (const { id } of texts) textIds?.add(id);
    const changed = firstImport ? texts : await changedTexts(store, feed, texts);
    for (const text of changed) await writer.putText(text);
    return changed.length;
  });
}

/** Stages products of repositories. */
export function writeRepositories({ store, writer }: Target): BatchWriter<'repository'> {
  return batchWriter(async (records) => {
    const repositories = records.map(({ repository }) => repository);
    const changed = await changedRepositories(store, repositories);
    for (const repository of changed) await writer.putRepository(repository);
    return changed.length;
  });
}

/** Stages the removal of what the feed says about `ids`; how many texts there were. */
export async function removeTexts(
  { store, writer }: Pick<Target, 'store' | 'writer'>,
  feed: string,
  ids: readonly string[],
): Promise<number> {
  let removed = 0;
  for (let at = 0; at < ids.length; at += batch) {
    for (const { id, texts } of await store.vulnerabilities(ids.slice(at, at + batch))) {
      if (!texts.some((text) => text.feed === feed)) continue;
      await writer.removeText(id);
      removed += 1;
    }
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

async function changedTexts(
  store: AdvisoryStore,
  feed: string,
  texts: readonly VulnerabilityText[],
): Promise<readonly VulnerabilityText[]> {
  const known = await store.vulnerabilities(texts.map(({ id }) => id));
  const stored = new Map(known.flatMap((found) => found.texts.filter((text) => text.feed === feed)).map(withId));
  return texts.filter((text) => {
    const before = stored.get(text.id);
    return before === undefined || wordingOf(before) !== wordingOf(text);
  });
}

function withId(text: VulnerabilityText): readonly [string, VulnerabilityText] {
  return [text.id, text];
}

async function changedRepositories(
  store: AdvisoryStore,
  repositories: readonly RepositoryProducts[],
): Promise<readonly RepositoryProducts[]> {
  const known = await store.repositories(repositories.map(({ repository }) => repository));
  const stored = new Set(known.map(contentOf));
  return repositories.filter((repository) => !stored.has(contentOf(repository)));
}

function contentOf({ feed, repository, cpes }: RepositoryProducts): string {
  return JSON.stringify([feed, repository, cpes]);
}
