import { createTurns } from '@clarion/deadlines';
import type { Digest, MissingCounts, SeverityCounts } from '@clarion/model';
import type { MatchSettings } from './context';
import { type ImageCounts, countsOf } from './image-counts';
import { isSubmitted } from './image-view';
import type { UndecidedImages } from './undecided-images';
import type { ImageSearch } from './use-cases';

/** Images that a search checks at most to determine those for which it cannot decide. */
export const mostChecked = 1000;

/**
 * `isFound` returns the images that a search by packages or their vulnerabilities found. Undefined for a search that
 * needs no such decision.
 */
export async function findUndecided(
  search: ImageSearch,
  settings: MatchSettings,
  isFound: () => Promise<ReadonlySet<Digest>>,
): Promise<UndecidedImages | undefined> {
  const reasonOf = undecidedReasonOf(search);
  if (reasonOf === undefined) return undefined;
  const kind = search.by === 'severity' ? `severity ${search.severity}` : search.by;
  const { open, looked } = await knownOpenImages(kind, settings, () => openImages(reasonOf, settings));
  const found = open.length === 0 || search.by === 'severity' ? new Set<Digest>() : await isFound();
  const reasons = new Map<MissingCounts, number>();
  const unknown = open.filter(({ digest }) => !found.has(digest));
  for (const { reason } of unknown) reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  return { images: unknown.length, reasons: Object.fromEntries(reasons), of: looked };
}

interface OpenImage {
  readonly digest: Digest;
  readonly reason: MissingCounts;
}

interface OpenImages {
  readonly open: readonly OpenImage[];
  readonly looked: number;
}

const known = new WeakMap<object, Map<string, { readonly write: string; readonly found: Promise<OpenImages> }>>();

/** A thousand images take ten milliseconds: they are read again for a kind of search only when anything was written. */
async function knownOpenImages(
  kind: string,
  { store }: Pick<MatchSettings, 'store'>,
  find: () => Promise<OpenImages>,
): Promise<OpenImages> {
  const write = await store.lastWrite();
  if (write === undefined) return find();
  const ofStore = known.get(store) ?? new Map<string, { write: string; found: Promise<OpenImages> }>();
  known.set(store, ofStore);
  const before = ofStore.get(kind);
  if (before?.write === write) return before.found;
  const found = find();
  ofStore.set(kind, { write, found });
  found.catch(() => ofStore.delete(kind));
  return found;
}

async function openImages(reasonOf: UndecidedReason, settings: MatchSettings): Promise<OpenImages> {
  const open: OpenImage[] = [];
  const turns = createTurns();
  let looked = 0;
  let after: string | undefined;
  do {
    const request = { limit: mostChecked - looked, ...(after === undefined ? {} : { after }) };
    const page = await settings.store.images({ by: 'all' }, request);
    const images = page.items.filter(isSubmitted);
    for (const [index, counts] of (await countsOf(images, settings)).entries()) {
      const [digest, reason] = [images[index]?.manifestDigest, reasonOf(counts)];
      if (digest !== undefined && reason !== undefined) open.push({ digest, reason });
    }
    looked += page.items.length;
    after = page.next;
    if (turns.isOver()) await turns.next();
  } while (after !== undefined && looked < mostChecked);
  return { open, looked };
}

type UndecidedReason = (counts: ImageCounts) => MissingCounts | undefined;

/** Stale counts are a decision, too, by what was known then. */
function undecidedReasonOf(search: ImageSearch): UndecidedReason | undefined {
  switch (search.by) {
    case 'severity':
      return (counts) => (hasSeverity(counts, search.severity) ? undefined : firstBut(['stale'], counts));
    case 'vulnerability':
      // Ratings do not affect which images have a vulnerability, nor does the number of findings.
      return (counts) => firstBut(['stale', 'not-rated', 'limit-reached'], counts);
    case 'package':
      return ({ incomplete }) => incomplete.find((reason) => maybeMorePackages.includes(reason));
    case 'all':
    case 'repository':
      return undefined;
  }
}

const maybeMorePackages: readonly MissingCounts[] = ['not-indexed', 'no-packages', 'problems', 'not-read'];

/** Images with too many vulnerabilities to count match each severity. */
function hasSeverity({ counted, incomplete }: ImageCounts, severity: keyof SeverityCounts): boolean {
  return (counted?.[severity] ?? 0) > 0 || incomplete.includes('limit-reached');
}

function firstBut(others: readonly MissingCounts[], { incomplete }: ImageCounts): MissingCounts | undefined {
  return incomplete.find((reason) => !others.includes(reason));
}
