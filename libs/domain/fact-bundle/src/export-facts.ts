import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { createGzip } from 'node:zlib';
import type { AdvisoryStore, FeedFacts, FeedState } from '@clarion/model';
import { type BundleRecord, bundleVersion, type FeedNaming } from './bundle-record';

/**
 * The bytes of a bundle with everything that the wanted feeds say. `nameOf` tells what a stored feed is called in the bundle
 * (as it is stored unless stated); undefined leaves it out. Facts that change meanwhile may be in it in their old or new
 * form, each group whole; while no feed is being updated, equal facts give equal bytes.
 */
export function exportFacts(store: FeedFacts, nameOf: FeedNaming = (feed) => feed): AsyncIterable<Uint8Array> {
  // No time and no name in the header of the gzip form: nothing but the facts decides about the bytes.
  return Readable.from(blocks(records(store, nameOf))).compose(createGzip({ level: 6 })) as AsyncIterable<Uint8Array>;
}

const blockLength = 1 << 16;

async function* blocks(all: AsyncIterable<BundleRecord>): AsyncGenerator<Buffer> {
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
  const end: BundleRecord = { kind: 'end', records: count, sha256: digest.digest('hex') };
  yield Buffer.from(`${text}${JSON.stringify(end)}\n`);
}

async function* records(store: FeedFacts, nameOf: FeedNaming): AsyncGenerator<BundleRecord> {
  yield { kind: 'header', version: bundleVersion };
  for (const state of await store.feedStates()) {
    const feed = nameOf(state.feed);
    if (feed === undefined) continue;
    // Where this store had it from, and what it has still to count, is no business of the one that reads the bundle.
    const { place: _, countsPending: _pending, ...known } = state;
    yield { kind: 'feed', state: { ...known, feed } };
    yield* groupsOf(store, state, feed);
  }
  for await (const text of store.texts()) {
    const feed = nameOf(text.feed);
    if (feed !== undefined) yield { kind: 'text', text: { ...text, feed } };
  }
  for await (const repository of store.allRepositories()) {
    const feed = nameOf(repository.feed);
    if (feed !== undefined) yield { kind: 'repository', repository: { ...repository, feed } };
  }
}

async function* groupsOf(
  store: Pick<AdvisoryStore, 'groups' | 'groupHashes'>,
  { feed, documents }: FeedState,
  name: string,
): AsyncGenerator<BundleRecord> {
  for (const document of Object.keys(documents).sort()) {
    const hashes = new Map<string, string>();
    for await (const [{ namespace, package: subject }, hash] of store.groupHashes(feed, document)) {
      hashes.set(JSON.stringify([namespace, subject]), hash);
    }
    for await (const group of store.groups(feed, document)) {
      const hash = hashes.get(JSON.stringify([group.namespace, group.package]));
      if (hash !== undefined) yield { kind: 'group', group: { ...group, feed: name }, hash };
    }
  }
}
