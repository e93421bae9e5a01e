import { createHash } from 'node:crypto';
import {
  ClarionError,
  headBytes,
  type LayerContent,
  type LayerEntry,
  type LayerVisitor,
  type ReadRequest,
} from '@clarion/model';
import type { ArchiveBudget } from './budget';
import { algorithmOf, createHasher, type ExpectedDigests, verifyDigest } from './digests';
import { createProblemList } from './problem-list';
import type { ReadLayerResult } from './read-layer-result';

type Walk = Extract<LayerContent, { readonly kind: 'walk' }>;

/**
 * Reads a layer that has no bytes. Its diffID is the digest of a listing of what the visitor received (contents by
 * their hash, links by their target, other special files by their type), sorted by path.
 */
export async function readWalk(
  content: Walk,
  visitor: LayerVisitor,
  options: {
    readonly budget: ArchiveBudget;
    readonly expected: ExpectedDigests | undefined;
    readonly onVisited: (() => void) | undefined;
  },
): Promise<ReadLayerResult> {
  const { budget, expected, onVisited } = options;
  const { label, limits } = budget;
  const problems = createProblemList();
  const listing = new Map<string, string>();
  let entries = 0;
  let size = 0;
  let kept = 0;
  await content.walk({
    entry(entry) {
      budget.check();
      entries += 1;
      if (entries > limits.entries)
        throw new ClarionError('limit-exceeded', `${label}: more than ${limits.entries} entries`);
      size += entry.size;
      if (entry.type !== 'file' && entry.type !== 'directory') listing.set(entry.path, describeLink(entry));
      const request = visitor.entry(entry);
      if (request === undefined || kept + bytesAtLeast(entry, request) <= limits.wantedBytes) return request;
      problems.add({
        code: 'limit-reached',
        path: entry.path,
        message: `${entry.path} is not read: the wanted files are larger than ${limits.wantedBytes} bytes together`,
      });
      visitor.oversized(entry);
      return undefined;
    },
    content(entry, bytes) {
      kept += bytes.length;
      listing.set(entry.path, `content ${createHash('sha256').update(bytes).digest('hex')}`);
      visitor.content(entry, bytes);
    },
    head(entry, bytes) {
      listing.set(entry.path, describeStart(entry.size, bytes));
      return visitor.head?.(entry, bytes);
    },
    async opened(entry, source, check) {
      listing.set(entry.path, describeStart(source.size, source.read(0, headBytes)));
      const opened = (await visitor.opened?.(entry, source, check)) ?? 0;
      const bytes = typeof opened === 'number' ? opened : await opened.background;
      kept += bytes;
      return bytes;
    },
    oversized(entry) {
      listing.set(entry.path, `oversized ${entry.size}`);
      visitor.oversized(entry);
    },
    problem(problem) {
      problems.add(problem);
      visitor.problem?.(problem);
    },
  });
  onVisited?.();
  const diffId = digestListing(listing, algorithmOf(expected?.diffId, label));
  verifyDigest(`The content of ${label}`, expected?.diffId, diffId);
  return { diffId, compression: 'none', size, entries, problems: problems.all() };
}

/** How many bytes are kept in memory for a request, as far as that is known before reading. */
function bytesAtLeast({ size }: LayerEntry, request: ReadRequest): number {
  if (request === 'head') return 0;
  return request === 'open' ? 1 : Math.min(size, request);
}

function describeStart(size: number, head: Uint8Array): string {
  return `${size} bytes that begin with ${createHash('sha256').update(head).digest('hex')}`;
}

function describeLink({ type, link }: LayerEntry): string {
  return link === '' ? type : `${type} ${JSON.stringify(link)}`;
}

function digestListing(listing: ReadonlyMap<string, string>, algorithm: 'sha256' | 'sha512'): string {
  const hasher = createHasher(algorithm);
  const paths = [...listing.keys()].sort();
  for (const path of paths) hasher.update(Buffer.from(`${JSON.stringify(path)} ${listing.get(path) ?? ''}\n`));
  return hasher.digest();
}
