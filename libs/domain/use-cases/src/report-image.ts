import { createHash } from 'node:crypto';
import { createTurns } from '@clarion/deadlines';
import { describeMissingData, isFresh } from '@clarion/reporting';
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
import { formatOf, type RenderContext, renderingOf } from './rendered-report';

type ReportOptions = Parameters<ImageUseCases['report']>[1];

/** `ImageUseCases.report`. */
export async function reportImage(
  digest: Digest,
  { format = 'json', showSuppressed = false, notTag = [], ...options }: NonNullable<ReportOptions>,
  context: UseCaseContext,
): ReturnType<ImageUseCases['report']> {
  const chosen = formatOf(format, context);
  const image = await requireIndexed(digest, context);
  const states = await context.store.feedStates();
  if (chosen.report !== undefined) await requireData(image, states, context);
  const tag = tagOf(image, states, { context, format, showSuppressed });
  if (notTag.includes(tag)) return { tag };
  const { mediaType } = chosen;
  const { renderElsewhere } = context;
  if (renderElsewhere === undefined) {
    return { tag, mediaType, body: await textOf(await renderHere(image, chosen, { context, states, showSuppressed })) };
  }
  if (!(await isLarge(image, context)) && !(await hasMany(image, context.store))) {
    const limits = { ...workLimits.matching, facts: mostFindingsHere };
    const rendering = await renderHere(image, chosen, { context, states, showSuppressed, limits });
    if (rendering !== undefined) return { tag, mediaType, body: await textOf(rendering) };
  }
  return {
    tag,
    mediaType,
    file: await renderElsewhere({ digest, part: { format, ...(showSuppressed && { showSuppressed }) } }, options),
  };
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

/** Undefined when there are more findings than the limits allow. */
async function renderHere(
  image: SubmittedImage,
  format: ReportFormat,
  {
    context,
    states,
    showSuppressed,
    limits,
  }: Pick<RenderContext, 'states' | 'limits'> &
    Required<Pick<RenderContext, 'showSuppressed'>> & { readonly context: UseCaseContext },
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

async function textOf(pieces: RenderedText = []): Promise<string> {
  const turns = createTurns();
  const texts: string[] = [];
  for (const piece of pieces) {
    if (turns.isOver()) await turns.next();
    texts.push(piece);
  }
  return texts.join('');
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

/** Everything changeable that a report depends on: equal tags mean equal bytes. */
function tagOf(image: SubmittedImage, states: readonly FeedState[], parts: TagParts): string {
  const { context, format, showSuppressed } = parts;
  const { now, maxFeedAgeMinutes, clarionVersion, feeds } = context;
  const fresh = { now: now(), maxMinutes: maxFeedAgeMinutes };
  const known = states.map((state) => {
    const { feed, lastChange, lastSuccess, missing = [] } = state;
    return [feed, lastChange ?? lastSuccess ?? '', !isFresh(state, fresh), missing.map(({ name }) => name)];
  });
  const { image: described, layers, composition, submission } = image;
  const configured = feeds.map(({ id, enabled }) => [id, enabled !== false]);
  const facts = [described, layers, composition, submission.detectors, submission.absent ?? []];
  return createHash('sha256')
    .update(JSON.stringify([1, clarionVersion, format, showSuppressed, maxFeedAgeMinutes, facts, configured, known]))
    .digest('base64url');
}

interface TagParts {
  readonly context: UseCaseContext;
  readonly format: string;
  readonly showSuppressed: boolean;
}
