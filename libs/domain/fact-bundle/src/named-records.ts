import type { BundleRecord, FeedNaming } from './bundle-record';
import type { VerifyBundle } from './bundle-signature';
import { readBundle } from './read-bundle';

export interface NamingOptions {
  /** Identifies the bundle in errors. */
  readonly label: string;
  /** The local name of a feed in the bundle; the same name by default. Feeds with the result undefined are left out. */
  readonly nameOf?: FeedNaming;
  /** Set if only signed bundles are imported. */
  readonly verify?: VerifyBundle;
  readonly signal?: AbortSignal;
}

/** Records under the local names of their feeds; records of feeds without a local name are left out. */
export async function* namedRecords(
  bytes: AsyncIterable<Uint8Array>,
  { label, nameOf, signal, verify }: NamingOptions,
): AsyncGenerator<BundleRecord> {
  for await (const record of readBundle(bytes, label, verify)) {
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
