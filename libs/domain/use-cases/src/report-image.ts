import { randomUUID } from 'node:crypto';
import { createTurns } from '@clarion/deadlines';
import { describeMissingData } from '@clarion/reporting';
import {
  ClarionError,
  type Digest,
  type FeedState,
  type RenderedText,
  type ReportFormat,
  severities,
  workLimits,
} from '@clarion/model';
import type { UseCaseContext } from './context';
import { namespacesOf, neverLoaded } from './needed-feeds';
import { effectiveImage, isLarge, requireIndexed } from './indexed-image';
import type { ImageUseCases, SubmittedImage } from './use-cases';
import { factsName, reportTag } from './report-tag';
import { formatOf, type RenderContext, renderingOf } from './rendered-report';

type ReportOptions = Parameters<ImageUseCases['report']>[1];

/** `ImageUseCases.report`. */
export async function reportImage(
  digest: Digest,
  { format = 'json', showSuppressed = false, notTag = [], ...options }: NonNullable<ReportOptions>,
  context: UseCaseContext,
): ReturnType<ImageUseCases['report']> {
  const chosen = formatOf(format, context);
  const { mediaType } = chosen;
  const image = await requireIndexed(digest, context);
  const states = await context.store.feedStates();
  const tag = reportTag(image, chosen.report === undefined ? [] : states, { context, format, showSuppressed });
  // A caller that has the tag got the report.
  if (notTag.includes(tag)) return { tag };
  const { body, lasting } = await context.reports.report(tag, async () => {
    if (chosen.report !== undefined) await requireData(image, states, context);
    const content = await bytesOf(await renderingHere(image, chosen, { context, states, showSuppressed }));
    return { content, lasting: await areCurrent(states, context) };
  });
  // Facts that were written meanwhile are in the report, but not in the tag: no other report has this one.
  if (body !== undefined) return { tag: lasting ? tag : randomUUID(), mediaType, body };
  const { renderElsewhere } = context;
  if (renderElsewhere === undefined) throw new Error('There is no other process for a report');
  const part = { format, ...(showSuppressed && { showSuppressed }) } as const;
  return { tag, mediaType, file: await renderElsewhere({ digest, part }, options) };
}

async function areCurrent(states: readonly FeedState[], { store }: Pick<UseCaseContext, 'store'>): Promise<boolean> {
  const names = (all: readonly FeedState[]): string => all.map(factsName).join();
  return names(await store.feedStates()) === names(states);
}

/** The limit for reports in this process: tens of milliseconds, and some megabytes that a slow reader may hold. */
const mostFindingsHere = 5000;

/** Whether a report has many findings, as far as is known before it is made. */
async function hasMany({ composition: id }: SubmittedImage, store: UseCaseContext['store']): Promise<boolean> {
  if (id === undefined) return false;
  const counts = (await store.counts([id])).get(id);
  if (counts === undefined) return false;
  return counts === null || severities.reduce((sum, severity) => sum + counts[severity], 0) > mostFindingsHere;
}

interface RenderingContext extends Pick<RenderContext, 'states'> {
  readonly context: UseCaseContext;
  readonly showSuppressed: boolean;
}

/** Undefined for a report that another process has to make. */
async function renderingHere(
  image: SubmittedImage,
  format: ReportFormat,
  rendering: RenderingContext,
): Promise<RenderedText | undefined> {
  const { context } = rendering;
  if (context.renderElsewhere === undefined) return renderWithin(undefined, image, { format, ...rendering });
  if ((await isLarge(image, context)) || (await hasMany(image, context.store))) return undefined;
  return renderWithin({ ...workLimits.matching, facts: mostFindingsHere }, image, { format, ...rendering });
}

/** Undefined when there are more findings than the limits allow. */
async function renderWithin(
  limits: RenderContext['limits'],
  image: SubmittedImage,
  { format, context, states, showSuppressed }: RenderingContext & { readonly format: ReportFormat },
): Promise<RenderedText | undefined> {
  let counted = 0;
  const rendering = await renderingOf(await effectiveImage(image, context), format, {
    ...{ context, states, showSuppressed },
    ...(limits && { limits }),
    onMatched: ({ findings, suppressed, coverage }, seconds) => {
      context.onMatched?.(seconds);
      counted = findings.length + suppressed.findings + coverage.undetermined.length;
    },
  });
  return limits === undefined || counted < limits.facts ? rendering : undefined;
}

async function bytesOf(pieces: RenderedText | undefined): Promise<Uint8Array | undefined> {
  if (pieces === undefined) return undefined;
  const turns = createTurns();
  const texts: string[] = [];
  for (const piece of pieces) {
    if (turns.isOver()) await turns.next();
    texts.push(piece);
  }
  return Buffer.from(texts.join(''));
}

/** Rejects a report on an image whose feeds were never loaded: it would look like a clean result. */
async function requireData(
  image: SubmittedImage,
  states: readonly FeedState[],
  context: UseCaseContext,
): Promise<void> {
  const composition = image.composition === undefined ? undefined : await context.store.composition(image.composition);
  const ids = composition === undefined ? [] : namespacesOf(composition);
  const missing = neverLoaded(ids, { states, feeds: context.feeds });
  if (missing.length === 0) return;
  throw new ClarionError('no-data', describeMissingData(missing, ids), {
    remedy: 'wait for the first update of the feeds, or order one',
  });
}
