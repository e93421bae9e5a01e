import type { AffectedImage, TransitionKind, ImageStore, TagStore } from '@clarion/model';
import type { AffectedComposition } from './find-affected';
import { isReferenced, referencesNow, type ReferencesNow } from './references-now';

export interface AffectedImagesDeps {
  readonly store: Pick<ImageStore, 'imageNames'> & Pick<TagStore, 'tags'>;
  /** Also images whose tags have all been moved to other images, which nobody pulls by name any more. */
  readonly withoutReference: boolean;
  /**
   * The number of images whose names stay in memory between counting and writing; further images are read twice.
   * Default 200,000.
   */
  readonly maxBuffered?: number;
}

/** The images of the compositions that a change affects, counted, and ready to be written in pages. */
export interface AffectedImages {
  readonly counts: Readonly<Record<TransitionKind, number>>;
  /** The compositions with at least one such image. */
  readonly compositions: readonly AffectedComposition[];
  pages(): AsyncIterable<readonly AffectedImage[]>;
}

const pageSize = 1000;
const defaultMaxBuffered = 200_000;

interface Counted {
  readonly affected: AffectedComposition;
  /** Absent when there are too many to keep in memory. */
  readonly buffered?: readonly ReferencesNow[];
}

/**
 * Counts the images of each composition. Images beyond the memory limit are read again when they are written: one that
 * is added or removed in between is written, or left out, as of that time.
 */
export async function gatherImages(
  affected: AsyncIterable<AffectedComposition>,
  deps: AffectedImagesDeps,
): Promise<AffectedImages> {
  const counts = { affected: 0, cleared: 0, changed: 0 };
  const counted: Counted[] = [];
  let room = deps.maxBuffered ?? defaultMaxBuffered;
  for await (const one of affected) {
    if (one.effect.transitions.length === 0) continue;
    const { count, buffered } = await countImages(one.composition, room, deps);
    if (count === 0) continue;
    room -= buffered?.length ?? 0;
    counted.push({ affected: one, ...(buffered === undefined ? {} : { buffered }) });
    for (const { transition } of one.effect.transitions) counts[transition] += count;
  }
  return { counts, compositions: counted.map((one) => one.affected), pages: () => pagesOf(counted, deps) };
}

async function countImages(
  composition: string,
  room: number,
  deps: AffectedImagesDeps,
): Promise<{ readonly count: number; readonly buffered?: readonly ReferencesNow[] }> {
  let buffered: ReferencesNow[] | undefined = [];
  let count = 0;
  for await (const image of imagesOf(composition, deps)) {
    count += 1;
    if (count > room) buffered = undefined;
    else buffered?.push(image);
  }
  return { count, ...(buffered === undefined ? {} : { buffered }) };
}

/** Images of a composition to notify about, in the order of their digests. */
export async function* imagesOf(
  composition: string,
  { store, withoutReference }: AffectedImagesDeps,
): AsyncGenerator<ReferencesNow, void, undefined> {
  let after: string | undefined;
  do {
    const request = { limit: pageSize, ...(after === undefined ? {} : { after }) };
    const page = await store.imageNames(composition, request);
    for (const image of await referencesNow(page.items, store)) {
      if (withoutReference || isReferenced(image)) yield image;
    }
    after = page.next;
  } while (after !== undefined);
}

async function* pagesOf(
  counted: readonly Counted[],
  deps: AffectedImagesDeps,
): AsyncGenerator<readonly AffectedImage[], void, undefined> {
  let page: AffectedImage[] = [];
  for (const { affected, buffered } of counted) {
    for await (const names of buffered ?? imagesOf(affected.composition, deps)) {
      const { manifestDigest: image, references, formerReferences } = names;
      const former = formerReferences.length === 0 ? {} : { formerReferences };
      for (const transition of affected.effect.transitions) page.push({ image, references, ...former, ...transition });
      if (page.length < pageSize) continue;
      yield page;
      page = [];
    }
  }
  if (page.length > 0) yield page;
}
