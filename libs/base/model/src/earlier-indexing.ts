import type { StoredImage, Submission } from './catalogue';

/**
 * How an image was indexed before it was indexed again: with other detectors, or after its layers became better known.
 * The facts of its layers are stored for each version of a detector, so reports of that time can still be made.
 */
export interface EarlierIndexing
  extends
    Pick<StoredImage, 'layers' | 'composition' | 'composingSteps' | 'notRead'>,
    Pick<Submission, 'absent'>,
    Required<Pick<Submission, 'indexedAt' | 'detectors'>> {
  /** RFC 3339: when it was indexed again; until then, when that was requested. */
  readonly until: string;
}

/** A scan on the command line, of an image that was not submitted. */
export interface ImageScan {
  /** As in `Submission`. */
  readonly detectors: string;
  /** RFC 3339: the first scan with them in a row. */
  readonly since: string;
}

/** Older ones than these are dropped: `indexedAt` of the first one that remains is since when anything is known. */
export const mostEarlierIndexings = 50;

/** What remains known of an image that is replaced by another record of it (`StoredImage.earlier`), oldest first. */
export function earlierIndexings(known: StoredImage | undefined, until: string): readonly EarlierIndexing[] {
  const current = known && currentIndexing(known);
  const earlier = known?.earlier ?? [];
  return current === undefined ? earlier : [...earlier, { ...current, until }].slice(-mostEarlierIndexings);
}

/** The last one lasted until the image was indexed again. */
export function endedEarlier(earlier: readonly EarlierIndexing[], indexedAt: string): readonly EarlierIndexing[] {
  return earlier.map((one, index) => (index === earlier.length - 1 ? { ...one, until: indexedAt } : one));
}

function currentIndexing(image: StoredImage): Omit<EarlierIndexing, 'until'> | undefined {
  const { layers, composition, composingSteps, notRead, submission, scanned } = image;
  const read = submission === undefined ? scanned && { ...scanned, indexedAt: scanned.since } : submission;
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
