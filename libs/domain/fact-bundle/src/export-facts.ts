import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { createGzip } from 'node:zlib';
import { type AdvisoryStore, ClarionError, type FeedFacts, type FeedState } from '@clarion/model';
import { type BundleRecord, bundleVersion, type FeedNaming } from './bundle-record';
import type { SignBundle } from './bundle-signature';

/**
 * The bytes of a bundle with all facts of the selected feeds. `nameOf` returns the name of a stored feed in the bundle
 * (the stored name by default), or undefined to leave the feed out. Facts that change during the export are included in
 * their old or new form, each group as a whole. While no feed is being updated, equal facts give equal bytes.
 */
export function exportFacts(
  store: FeedFacts,
  nameOf: FeedNaming = (feed) => feed,
  sign?: SignBundle,
): AsyncIterable<Uint8Array> {
  // The gzip header contains no time and no name, so the bytes depend only on the facts.
  return Readable.from(blocks(records(store, nameOf), sign)).compose(
    createGzip({ level: 6 }),
  ) as AsyncIterable<Uint8Array>;
}

const blockLength = 1 << 16;

async function* blocks(all: AsyncIterable<BundleRecord>, sign: SignBundle | undefined): AsyncGenerator<Buffer> {
  const digest = createHash('sha256');
  let text = '';
  let count = 0;
  for await (const record of all) {
    text += `${JSON.stringify(record)}\n`;
    count += 1;
    if (text.length < blockLength) continue;
    const block = Buffer.from(text);
    digest.update(block);
    text = '';
    yield block;
  }
  digest.update(text);
  const sha256 = digest.digest('hex');
  const signature = sign?.(sha256);
  const end: BundleRecord = { kind: 'end', records: count, sha256, ...(signature === undefined ? {} : { signature }) };
  yield Buffer.from(`${text}${JSON.stringify(end)}\n`);
}

async function* records(store: FeedFacts, nameOf: FeedNaming): AsyncGenerator<BundleRecord> {
  yield { kind: 'header', version: bundleVersion };
  const states = await store.feedStates();
  for (const state of states) {
    const feed = nameOf(state.feed);
    if (feed !== undefined) yield* groupsOf(store, state, feed);
  }
  const texts = new Map<string, number>();
  const repositories = new Map<string, number>();
  for await (const text of store.texts()) {
    const feed = nameOf(text.feed);
    if (feed === undefined) continue;
    texts.set(feed, (texts.get(feed) ?? 0) + 1);
    yield { kind: 'text', text: { ...text, feed } };
  }
  for await (const repository of store.allRepositories()) {
    const feed = nameOf(repository.feed);
    if (feed === undefined) continue;
    repositories.set(feed, (repositories.get(feed) ?? 0) + 1);
    yield { kind: 'repository', repository: { ...repository, feed } };
  }
  for (const state of states) {
    const feed = nameOf(state.feed);
    if (feed === undefined) continue;
    // The data location, pending counts, import mark and peak of this store do not matter to the reader of the bundle.
    const { place: _, countsPending: _pending, imported: _imported, peak: _peak, ...known } = state;
    const numbers = { texts: texts.get(feed) ?? 0, repositories: repositories.get(feed) ?? 0 };
    yield { kind: 'feed', state: { ...known, feed }, numbers };
  }
}

async function* groupsOf(store: AdvisoryStore, state: FeedState, name: string): AsyncGenerator<BundleRecord> {
  const { feed, documents } = state;
  const came = { groups: 0, advisories: 0 };
  for (const document of Object.keys(documents).sort()) {
    const hashes = new Map<string, string>();
    for await (const [{ namespace, package: subject }, hash] of store.groupHashes(feed, document)) {
      hashes.set(JSON.stringify([namespace, subject]), hash);
    }
    for await (const group of store.groups(feed, document)) {
      const hash = hashes.get(JSON.stringify([group.namespace, group.package]));
      if (hash === undefined) continue;
      came.groups += 1;
      came.advisories += group.advisories.length;
      yield { kind: 'group', group: { ...group, feed: name }, hash };
    }
  }
  if (came.groups === state.groups && came.advisories === state.statements) return;
  throw new ClarionError('conflict', `${name} changed while it was exported`, {
    remedy: `export again while no update runs; if that does not help, run clarion update ${name} --force first`,
  });
}
