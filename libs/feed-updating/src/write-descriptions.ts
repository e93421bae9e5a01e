import { hash } from 'node:crypto';
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
  let seen = 0;
  let all: ReadonlyMap<string, string> | undefined;
  return batchWriter(async (records) => {
    const texts = records.map(({ text }) => text);
    for (const { id } of texts) textIds?.add(id);
    seen += texts.length;
    if (!firstImport && seen > fewTexts) all ??= await storedWordings(store, feed);
    const changed = firstImport ? texts : changedTexts(texts, all ?? (await wordingsOf(store, feed, texts)));
    for (const text of changed) await writer.putText(text);
    return changed.length;
  });
}

/** Beyond so many, reading all that is stored in its order costs less than looking for each. */
const fewTexts = 5000;

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

function changedTexts(
  texts: readonly VulnerabilityText[],
  stored: ReadonlyMap<string, string>,
): readonly VulnerabilityText[] {
  return texts.filter((text) => stored.get(text.id) !== printOf(text));
}

/** Prints of what the feed says about each of these vulnerabilities. */
async function wordingsOf(
  store: AdvisoryStore,
  feed: string,
  texts: readonly VulnerabilityText[],
): Promise<ReadonlyMap<string, string>> {
  const known = await store.vulnerabilities(texts.map(({ id }) => id));
  const own = known.flatMap((found) => found.texts.filter((text) => text.feed === feed));
  return new Map(own.map((text) => [text.id, printOf(text)]));
}

/** Prints of everything the feed says about vulnerabilities. */
async function storedWordings(store: AdvisoryStore, feed: string): Promise<ReadonlyMap<string, string>> {
  const prints = new Map<string, string>();
  for await (const text of store.texts(feed)) prints.set(text.id, printOf(text));
  return prints;
}

/** Short, so that those of all CVEs fit into memory. */
function printOf(text: VulnerabilityText): string {
  return hash('sha256', wordingOf(text), 'base64').slice(0, 22);
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
