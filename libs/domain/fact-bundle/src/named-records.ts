import type { BundleRecord, FeedNaming } from './bundle-record';
import type { VerifyBundle } from './bundle-signature';
import { readBundle } from './read-bundle';

export interface NamingOptions {
  /** Names the bundle in errors. */
  readonly label: string;
  /** What a feed of the bundle is called here; as there unless stated. What it is undefined for is left out. */
  readonly nameOf?: FeedNaming;
  /** Given where only bundles that are signed are imported. */
  readonly verify?: VerifyBundle;
  readonly signal?: AbortSignal;
}

/** Under the names that feeds have here, and only of those that have one. */
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
