import { inventoryOf } from '@clarion/reporting';
import { ClarionError, type Digest, type Page, type PageRequest, type ReportPackage } from '@clarion/model';
import type { UseCaseContext } from './context';
import { effectiveImage, isLarge, layersOf, requireIndexed } from './indexed-image';
import type { ListPart } from './isolated-reports';
import type { RenderOptions } from './report-file';
import { textOf } from './report-text';
import type { LayerView, SubmittedImage } from './use-cases';

/** Dependencies of lists about an image. */
type ListDeps = Pick<UseCaseContext, 'store' | 'detectors' | 'clarionVersion'>;

interface Asked extends RenderOptions {
  readonly context: UseCaseContext;
}

/** `ImageUseCases.packages`: `after` is the number of packages already returned. */
export async function packagesOfImage(
  digest: Digest,
  { after, limit }: PageRequest,
  asked: Asked,
): Promise<Page<ReportPackage>> {
  const from = after === undefined ? 0 : Number(after);
  if (!Number.isSafeInteger(from) || from < 0) {
    throw new ClarionError('invalid-input', 'The position in the list (after) is not valid');
  }
  return (await listOf(digest, { packages: { from, limit } }, asked)) as Page<ReportPackage>;
}

/** `ImageUseCases.layers`. */
export async function layersOfImage(digest: Digest, asked: Asked): Promise<readonly LayerView[]> {
  return (await listOf(digest, { layers: true }, asked)) as readonly LayerView[];
}

async function listOf(digest: Digest, part: ListPart, { context, ...options }: Asked): Promise<unknown> {
  const { renderElsewhere } = context;
  const image = await requireIndexed(digest, context);
  if (renderElsewhere === undefined || !(await isLarge(image, context))) return listPart(image, part, context);
  return JSON.parse(await textOf(await renderElsewhere({ digest, part }, options))) as unknown;
}

/** A list about an image, as JSON can hold it. */
export async function listPart(
  image: SubmittedImage,
  part: ListPart,
  context: ListDeps,
): Promise<Page<ReportPackage> | readonly LayerView[]> {
  if ('layers' in part) return viewLayers(image, context);
  const { from, limit } = part.packages;
  const { packages } = inventoryOf(await effectiveImage(image, context), context);
  const end = from + limit;
  return { items: packages.slice(from, end), ...(end < packages.length ? { next: String(end) } : {}) };
}

async function viewLayers(image: SubmittedImage, context: ListDeps): Promise<readonly LayerView[]> {
  const { layers } = await layersOf(image, context);
  return image.image.layers.map((descriptor, number): LayerView => {
    const known = layers[number];
    const problems = [...(known?.problems ?? []), ...(known?.detections ?? []).flatMap((one) => one.problems)];
    return {
      ...descriptor,
      ...(known === undefined ? {} : { diffId: known.diffId }),
      tarBytes: known?.size ?? null,
      entries: known?.entries ?? null,
      problems: problems.map(({ path, code, message }) => ({ path: path ?? null, code, message })),
    };
  });
}
