import { timeOf } from '@clarion/history';
import { nameOfFacts } from '@clarion/reporting';
import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { createTurns } from '@clarion/deadlines';
import {
  type Digest,
  type FeedState,
  type FeedStore,
  type RenderedText,
  type ReportFormat,
  workLimits,
} from '@clarion/model';
import type { ComposedImage } from './composed-images';
import type { ReportCaches } from './report-caches';
import type { UseCaseContext } from './context';
import { imageAt } from './history/image-at';
import { knownHistory } from './history/known-history';
import { factsOfReport, type FactsOfReport } from './history/report-options-at';
import { requireDataAt } from './history/require-data-at';
import { hasManyFindings, isLarge, mostFindingsHere, requireIndexed } from './indexed-image';
import type { ImageUseCases, SubmittedImage } from './use-cases';
import type { ReportBody, ReportFile } from './report-file';
import { reportTag } from './report-tag';
import { formatOf, type RenderContext, renderingOf } from './rendered-report';

type ReportOptions = Parameters<ImageUseCases['report']>[1];
type ReportingContext = UseCaseContext & ReportCaches;

/** `ImageUseCases.report`. */
export async function reportImage(
  digest: Digest,
  { format = 'json', showSuppressed = false, notTag = [], at: asked, ...options }: NonNullable<ReportOptions>,
  context: ReportingContext,
): ReturnType<ImageUseCases['report']> {
  const chosen = formatOf(format, context);
  const { mediaType } = chosen;
  const now = await requireIndexed(digest, context);
  const at = asked === undefined ? undefined : timeOf(asked, context.now());
  const image = imageAt(now, at);
  const known = await factsOfReport(context, at);
  const { facts, states, settings } = known;
  const history = at === undefined ? {} : { history: await knownHistory(now, context) };
  const named = chosen.report === undefined ? [] : states;
  const tagAt = (now: UseCaseContext['now']): string =>
    reportTag(image, named, { context: { ...settings, now }, format, showSuppressed });
  const tag = tagAt(settings.now);
  const requireData = async (): Promise<void> => {
    if (chosen.report !== undefined) await requireDataAt(image, known, at);
  };
  // A caller that has the tag got the report.
  if (notTag.includes(tag)) return { tag, ...history };
  if (notTag.includes(anyTag)) {
    await requireData();
    return { tag, ...history };
  }
  const reportHere = (): ReturnType<ReportingContext['reports']['report']> =>
    context.reports.report(tag, async () => {
      await requireData();
      const content = await bytesOf(await renderingHere(image, chosen, { ...known, context, showSuppressed }));
      return { content, lasting: await areCurrent(states, facts) };
    });
  // Each time is another report: a caller can ask for any number of them.
  const { body, lasting } = await (at === undefined ? reportHere() : context.historyTurns.run(reportHere, options));
  // Facts that were written meanwhile are in the report, but not in the tag: no other report has this one.
  if (body !== undefined) return { tag: lasting ? tag : randomUUID(), mediaType, body, ...history };
  const { renderElsewhere } = context;
  if (renderElsewhere === undefined) throw new Error('There is no other process for a report');
  const part = { format, ...(showSuppressed && { showSuppressed }), ...(at !== undefined && { at }) } as const;
  const file = await renderElsewhere({ digest, part }, options);
  // The other process reads states and clock itself: none of both may have changed what is stale.
  const isLasting = async (): Promise<boolean> =>
    (at !== undefined || tagAt(context.now) === tag) && isDeepStrictEqual(await facts.feedStates(), states);
  const large = await keptFile(file, { tag, isLasting, reports: context.reports });
  return { mediaType, ...large, ...history };
}

/** Stands for the tag of any report. */
const anyTag = '*';

interface FileOfReport extends Pick<ReportCaches, 'reports'> {
  readonly tag: string;
  readonly isLasting: () => Promise<boolean>;
}

/** A large report for this caller, and for the next ones if there is room for it. */
async function keptFile(
  file: ReportFile,
  { tag, isLasting, reports }: FileOfReport,
): Promise<
  | { readonly tag: string; readonly body: ReportBody; readonly file?: undefined }
  | { readonly tag: string; readonly file: ReportFile }
> {
  try {
    if (!(await isLasting())) return { tag: randomUUID(), file };
    const body = await reports.keep(tag, file);
    if (body === undefined) return { tag, file };
    await file.close();
    return { tag, body };
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function areCurrent(states: readonly FeedState[], facts: Pick<FeedStore, 'feedStates'>): Promise<boolean> {
  return nameOfFacts(await facts.feedStates()) === nameOfFacts(states);
}

interface RenderingContext extends FactsOfReport<ReportingContext> {
  readonly context: ReportingContext;
  readonly showSuppressed: boolean;
}

/** Undefined for a report that another process has to make. */
async function renderingHere(
  image: SubmittedImage,
  format: ReportFormat,
  rendering: RenderingContext,
): Promise<RenderedText | undefined> {
  const { context } = rendering;
  const { composedImages, renderElsewhere } = context;
  const known = await composedImages.known(image, context);
  if (renderElsewhere !== undefined) {
    const isTooLarge =
      (known === undefined && (await isLarge(image, context))) || (await hasManyFindings(image, context.store));
    if (isTooLarge) return undefined;
  }
  const limits = renderElsewhere && { ...workLimits.matching, facts: mostFindingsHere };
  return renderWithin(limits, known ?? (await composedImages.compose(image, context)), { format, ...rendering });
}

/** Undefined when there are more findings than the limits allow. */
async function renderWithin(
  limits: RenderContext['limits'],
  composed: ComposedImage,
  { format, context, showSuppressed, ...known }: RenderingContext & { readonly format: ReportFormat },
): Promise<RenderedText | undefined> {
  let counted = 0;
  const rendering = await renderingOf(composed.image, format, {
    ...known,
    showSuppressed,
    match: (options) => context.matching.match(composed, known, options),
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
