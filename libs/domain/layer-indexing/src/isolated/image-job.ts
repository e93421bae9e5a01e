import type { JobContext } from '@clarion/child-processes';
import type { ClarionEvent, EventOf, OpenedImage, OpenOptions } from '@clarion/model';
import type { PartOfImage } from '../attempts';
import { completeImage, type CompleteImageDeps, completeTogether } from '../complete-image';
import { type SubmissionKey } from '../submission-key';
import { allDetectors } from '../ecosystem-signs';
import type { LayerMeasure } from './layer-measure';
import { indexOpened, type IndexImageDeps, type ReadImage } from '../index-image';

/** Work on images that a separate process does for the process that serves the API. */
export type ImageJob =
  | { readonly kind: 'compose'; readonly of: SubmissionKey }
  | { readonly kind: 'compose together'; readonly images: readonly SubmissionKey[] }
  | ({
      readonly kind: 'archive';
      /** A file that this process can open. */
      readonly path: string;
      readonly maxBytes: number;
    } & Pick<OpenOptions, 'imageName' | 'platform'>);

export interface LayerJob {
  readonly kind: 'layer';
  readonly work: EventOf<'work.layer'>;
  readonly delivery: number;
  /** The image is not completed, even if this is its last layer. */
  readonly onlyRead?: true;
}

/** The reply of such a job. */
export type ImageReply =
  | { readonly kind: 'event'; readonly event: ClarionEvent }
  | { readonly kind: 'image'; readonly read: ReadImage }
  | { readonly kind: 'measured'; readonly measure: LayerMeasure };

export interface ImageJobDeps extends Omit<CompleteImageDeps, 'store' | 'detectors' | 'onBegin' | 'signal'> {
  readonly store: CompleteImageDeps['store'] & IndexImageDeps['layers'];
  readonly detectors: IndexImageDeps['detectors'];
  readonly limits?: NonNullable<IndexImageDeps['limits']>;
  /** Opens a stored upload (`openStoredUpload`). */
  readonly openArchive: (path: string, options: OpenOptions & { readonly maxBytes: number }) => Promise<OpenedImage>;
}

/** Does a job, in a process that may be killed for it. */
export async function* doImageJob(
  job: ImageJob,
  deps: ImageJobDeps,
  { signal, begin }: Pick<JobContext<ImageReply, PartOfImage>, 'signal' | 'begin'>,
): AsyncGenerator<ImageReply> {
  if (job.kind === 'compose') {
    const detectors = await allDetectors(deps.detectors);
    const events = completeImage(job.of, { ...deps, detectors, onBegin: begin, signal });
    for await (const event of events) yield { kind: 'event', event };
    return;
  }
  if (job.kind === 'compose together') {
    const detectors = await allDetectors(deps.detectors);
    const events = completeTogether(job.images, { ...deps, detectors, signal });
    for await (const event of events) yield { kind: 'event', event };
    return;
  }
  const { path, kind: _, ...options } = job;
  const opened = await deps.openArchive(path, { ...options, signal });
  const { store: layers, detectors, limits = {} } = deps;
  yield { kind: 'image', read: await indexOpened(opened, { layers, detectors, limits, signal }) };
}

/**
 * Milliseconds that a job may take if each of its layers may take `layerMillis`. Layers are also timed individually.
 */
export function imageJobMillis({ kind }: ImageJob | LayerJob, layerMillis: number): number | undefined {
  return kind === 'layer' ? undefined : 4 * layerMillis;
}
