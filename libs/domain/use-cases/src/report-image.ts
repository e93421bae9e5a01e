import { createHash } from 'node:crypto';
import { filterFindings, inventoryOf, matchImage } from '@clarion/matching';
import {
  ClarionError,
  feedName,
  type Digest,
  type EffectiveImage,
  type FeedState,
  type Inventory,
  type Page,
  type PageRequest,
  type Rendering,
  type RenderStyle,
  type ReportFormat,
  type ReportPackage,
} from '@clarion/model';
import { type Context, matchOptions } from './context';
import { namespacesOf, neverLoaded } from './needed-feeds';
import { effectiveImage, layersOf, requireIndexed } from './indexed-image';
import type { ImageUseCases, LayerView, RenderedReport, SubmittedImage } from './use-cases';

type ReportOptions = Parameters<ImageUseCases['report']>[1];

/** `ImageUseCases.report`. */
export async function reportImage(
  digest: Digest,
  { format = 'json', notTag = [] }: NonNullable<ReportOptions>,
  context: Context,
): ReturnType<ImageUseCases['report']> {
  const chosen = formatOf(format, context);
  const image = await requireIndexed(digest, context);
  const states = await context.store.feedStates();
  if (chosen.report !== undefined) await requireData(image, states, context);
  const tag = tagOf(image, states, { context, format });
  if (notTag.includes(tag)) return { tag };
  const body = await render(await effectiveImage(image, context), chosen, { context, states });
  const rendered: RenderedReport = { tag, mediaType: chosen.mediaType, body };
  return rendered;
}

function formatOf(format: string, { formats }: Pick<Context, 'formats'>): ReportFormat {
  const found = formats.find(({ id }) => id === format);
  if (found !== undefined) return found;
  throw new ClarionError('invalid-input', `There is no report format "${format.slice(0, 80)}"`, {
    remedy: `known: ${formats.map(({ id }) => id).join(', ')}`,
  });
}

interface Matching {
  readonly context: Context;
  readonly states: readonly FeedState[];
}

/**
 * As the command line renders into a file: no colours, and the table without findings of kernel headers. A format that
 * cannot show findings (an SBOM) shows what is inside.
 */
async function render(image: EffectiveImage, format: ReportFormat, { context, states }: Matching): Promise<string> {
  const style: RenderStyle = { colour: false, width: undefined, listPackages: false };
  if (format.report === undefined) return textOf((await format.inventory?.(inventoryOf(image, context), style)) ?? []);
  const started = performance.now();
  const report = await matchImage(image, context.store, matchOptions(context, states));
  context.onMatched?.((performance.now() - started) / 1000);
  const shown = filterFindings(report, { ignoreUnfixed: false, hideKernelHeaders: format.id === 'table' });
  return textOf(await format.report(shown, style));
}

function textOf(pieces: Rendering): string {
  return [...pieces].join('');
}

/** Refuses to report on an image whose feeds were never loaded: that would look like a clean bill. */
async function requireData(image: SubmittedImage, states: readonly FeedState[], context: Context): Promise<void> {
  const composition = image.composition === undefined ? undefined : await context.store.composition(image.composition);
  const ids = composition === undefined ? [] : namespacesOf(composition);
  const missing = neverLoaded(ids, { states, feeds: context.feeds });
  if (missing.length === 0) return;
  const names = missing.map((feed) => feedName(feed)).join(', ');
  throw new ClarionError('no-data', `There is no advisory data for ${ids.join(', ')}: ${names} was never loaded`, {
    remedy: 'wait for the first update of the feeds, or order one',
  });
}

/** Everything that a report is computed from, as far as it can change: equal tags, equal bytes. */
function tagOf(image: SubmittedImage, states: readonly FeedState[], { context, format }: TagParts): string {
  const { now, maxFeedAgeMinutes, clarionVersion, feeds } = context;
  const at = now().getTime();
  const known = states.map(({ feed, lastChange, lastSuccess }) => {
    const stale = lastSuccess === undefined || !(at - Date.parse(lastSuccess) <= maxFeedAgeMinutes * 60_000);
    return [feed, lastChange ?? lastSuccess ?? '', stale];
  });
  const { image: described, layers, composition, submission } = image;
  const configured = feeds.map(({ id, enabled }) => [id, enabled !== false]);
  const facts = [described, layers, composition, submission.detectors, submission.absent ?? []];
  return createHash('sha256')
    .update(JSON.stringify([1, clarionVersion, format, maxFeedAgeMinutes, facts, configured, known]))
    .digest('base64url');
}

interface TagParts {
  readonly context: Context;
  readonly format: string;
}

/** `ImageUseCases.inventory`. */
export async function inventoryOfImage(digest: Digest, context: Context): Promise<Inventory> {
  const image = await requireIndexed(digest, context);
  return inventoryOf(await effectiveImage(image, context), context);
}

/** `ImageUseCases.packages`: `after` is the number of packages that were seen. */
export async function packagesOfImage(
  digest: Digest,
  { after, limit }: PageRequest,
  context: Context,
): Promise<Page<ReportPackage>> {
  const from = after === undefined ? 0 : Number(after);
  if (!Number.isSafeInteger(from) || from < 0) {
    throw new ClarionError('invalid-input', 'The place in the list (after) is none that was given out');
  }
  const { packages } = await inventoryOfImage(digest, context);
  const end = from + limit;
  return { items: packages.slice(from, end), ...(end < packages.length ? { next: String(end) } : {}) };
}

/** `ImageUseCases.layers`. */
export async function layersOfImage(digest: Digest, context: Context): Promise<readonly LayerView[]> {
  const image = await requireIndexed(digest, context);
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
