import type { EarlierIndexing, EarlierReference, StoredImage } from './catalogue';

/** Older ones than these are dropped: `indexedAt` of the first one that remains is since when anything is known. */
export const mostEarlierIndexings = 50;

/** What remains known of an image that is replaced by another record of it (`StoredImage.earlier`), oldest first. */
export function earlierIndexings(known: StoredImage | undefined, until: string): readonly EarlierIndexing[] {
  const current = known && currentIndexing(known);
  const earlier = known?.earlier ?? [];
  return current === undefined ? earlier : [...earlier, { ...current, until }].slice(-mostEarlierIndexings);
}

/** The names that an image had before it got this one (`StoredImage.earlierReferences`); older ones are dropped. */
export function earlierReferences(
  known: StoredImage | undefined,
  reference: string,
  until: string,
): Pick<StoredImage, 'earlierReferences'> {
  const before = known?.earlierReferences ?? [];
  const last = known?.image.reference;
  const all: readonly EarlierReference[] =
    last === undefined || last === reference ? before : [...before, { reference: last, until }];
  return all.length === 0 ? {} : { earlierReferences: all.slice(-mostEarlierIndexings) };
}

/** The last one lasted until the image was indexed again. */
export function endedEarlier(earlier: readonly EarlierIndexing[], indexedAt: string): readonly EarlierIndexing[] {
  return earlier.map((one, index) => (index === earlier.length - 1 ? { ...one, until: indexedAt } : one));
}

function currentIndexing(image: StoredImage): Omit<EarlierIndexing, 'until'> | undefined {
  const { layers, composition, composingSteps, notRead, submission, scanned } = image;
  const read = submission ?? (scanned && { ...scanned, indexedAt: scanned.since });
  if (submission !== undefined && submission.state !== 'indexed') return undefined;
  if (read?.indexedAt === undefined || read.detectors === undefined) return undefined;
  return {
    ...{ indexedAt: read.indexedAt, detectors: read.detectors, layers },
    ...(composition === undefined ? {} : { composition }),
    ...(composingSteps === undefined ? {} : { composingSteps }),
    ...(notRead === undefined ? {} : { notRead }),
    ...(submission?.absent === undefined ? {} : { absent: submission.absent }),
  };
}
