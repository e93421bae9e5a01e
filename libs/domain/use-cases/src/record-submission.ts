import {
  ClarionError,
  type Digest,
  earlierIndexings,
  earlierReferences,
  type Image,
  type ImageSource,
  type StoredImage,
  type Submission,
  timeOrderedId,
} from '@clarion/model';
import { withoutCredentials } from '@clarion/layer-indexing';
import type { UseCaseContext } from './context';
import { isSubmitted } from './image-view';
import { sameLayers } from './layer-work';
import { boundRecord, boundReferences } from './record-bounds';
import type { SubmittedImage } from './use-cases';

/** A submitted image, as known before any layer is read. */
export interface AskedSubmission {
  readonly digest: Digest;
  readonly image: Image;
  readonly source: ImageSource;
  /** Computed diffIDs of all layers of an image that was read on upload. */
  readonly read?: readonly Digest[];
  /** The full reference for lists, if any. */
  readonly name?: string;
  /** The caller. */
  readonly caller?: string;
  /** `Submission.detectors` of the current detectors. */
  readonly detectors: string;
}

export interface RecordedSubmission {
  readonly image: SubmittedImage;
  /** Whether its layers have to be checked: a new submission was written. */
  readonly ordered: boolean;
  /** Whether the caller joins a submission that is in progress. */
  readonly joined: boolean;
}

/**
 * Records the submission of an image. Work that is done or in progress for the same image is not queued again. Throws
 * `conflict` when a caller claims other layers for a digest than are known for it, `limit-exceeded` for an image that
 * is too large.
 */
export async function recordSubmission(
  asked: AskedSubmission,
  { store, now, log }: Pick<UseCaseContext, 'store' | 'now' | 'log'>,
): Promise<RecordedSubmission> {
  boundRecord(asked);
  const at = now();
  const id = timeOrderedId(at);
  const seen = { conflict: false, refused: false, joined: false };
  const stored = await store.changeImage(asked.digest, (known) => {
    seen.conflict = contradicts(asked, known);
    seen.refused = seen.conflict && !isBetterKnown(asked.source, known);
    if (seen.refused) return undefined;
    const next = changed(asked, known, { id, at });
    seen.joined = next.submission?.callers?.length !== known?.submission?.callers?.length;
    return next;
  });
  if (seen.conflict) log?.warn('Other layers were claimed for a digest that is known', { digest: asked.digest });
  if (seen.refused) {
    throw new ClarionError('conflict', `Other layers are known for ${asked.digest}`, {
      remedy: 'check which manifest has this digest',
    });
  }
  if (!isSubmitted(stored)) throw new TypeError('The store gave no submission back');
  return { image: stored, ordered: stored.submission.id === id, joined: seen.joined };
}

function contradicts({ image }: AskedSubmission, known: StoredImage | undefined): boolean {
  return isSubmitted(known) && !sameLayers(image, known.image);
}

/**
 * Which source is authoritative for the layers of a digest: a registry's manifest is what gets pulled. The digest of
 * an archive may be that of its configuration, and its author may have crafted one that also reads as a manifest. A
 * caller's claim overrides nothing.
 */
function isBetterKnown(source: ImageSource, known: StoredImage | undefined): boolean {
  if (source.kind === 'registry') return true;
  return source.kind === 'upload' && known?.submission?.origin.kind !== 'registry';
}

interface Ordering {
  readonly id: string;
  readonly at: Date;
}

function changed(asked: AskedSubmission, known: StoredImage | undefined, { id, at }: Ordering): StoredImage {
  const { digest, image, source, name, read, caller } = asked;
  const all = new Set([...(name === undefined ? [] : [name]), ...(known?.references ?? [])]);
  const references = [...boundReferences(all)].sort();
  const submittedAt = at.toISOString();
  const byDigest = name === undefined || isMeantByDigest(known);
  const base = {
    ...{ manifestDigest: digest, references, ...(byDigest ? { byDigest } : {}), usedAt: submittedAt },
    ...earlierReferences(known, image.reference, submittedAt),
  };
  // A registry's content for its digest is verified; a caller's claim never replaces it.
  const claimed = source.kind === 'layer-urls' && isSubmitted(known) && known.submission.origin.kind !== 'layer-urls';
  const described = { ...(claimed ? known.image : image), reference: image.reference };
  const current = isSubmitted(known) && !contradicts(asked, known) ? known : undefined;
  const kept = current === undefined ? undefined : keptSubmission(current.submission, asked);
  if (current !== undefined && kept !== undefined) {
    const { layers, composition, composingSteps, notRead, earlier } = current;
    return {
      ...base,
      image: described,
      layers: kept.state === 'indexed' ? layers : (read ?? layers),
      submission: kept,
      ...(composition === undefined ? {} : { composition }),
      ...(composingSteps === undefined ? {} : { composingSteps }),
      ...(notRead === undefined ? {} : { notRead }),
      ...(earlier === undefined ? {} : { earlier }),
    };
  }
  const whose = caller === undefined ? {} : { callers: [caller] };
  const submission: Submission = { id, state: 'queued', origin: source, submittedAt, ...whose };
  const earlier = earlierIndexings(known, submittedAt);
  return { ...base, image: described, layers: read ?? [], submission, ...(earlier.length === 0 ? {} : { earlier }) };
}

/**
 * It was submitted without a name before: that is remembered whatever names it gets (records of earlier versions: it
 * has no name).
 */
function isMeantByDigest(known: StoredImage | undefined): boolean {
  return known?.byDigest === true || (isSubmitted(known) && (known.references ?? []).length === 0);
}

/** Further callers who wait for the same image are scheduled as one of these. */
const maxCallers = 100;

/** The submission that continues, or undefined when the layers have to be checked again. */
function keptSubmission(
  current: Submission,
  { source, detectors, caller }: Pick<AskedSubmission, 'source' | 'detectors' | 'caller'>,
): Submission | undefined {
  switch (current.state) {
    case 'failed':
      return undefined;
    case 'indexed':
      if (current.detectors !== detectors) return undefined;
      // Known from a registry now, which has the same layers.
      return source.kind === 'registry' ? { ...current, origin: withoutCredentials(source) } : current;
    case 'queued':
    case 'indexing':
      // The latest source: credentials and signed addresses expire.
      return { ...current, ...joined(current, caller), origin: source.kind === 'upload' ? current.origin : source };
  }
}

function joined({ callers = [] }: Submission, caller: string | undefined): Pick<Submission, 'callers'> {
  if (caller === undefined || callers.includes(caller) || callers.length >= maxCallers) return {};
  return { callers: [...callers, caller] };
}
