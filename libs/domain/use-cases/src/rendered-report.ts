import { filterFindings } from '@clarion/policy';
import { inventoryOf, makeReport, type ReportOptions } from '@clarion/reporting';
import {
  ClarionError,
  type EffectiveImage,
  type FeedState,
  type RenderedText,
  type RenderStyle,
  type Report,
  type ReportFormat,
} from '@clarion/model';
import { type UseCaseContext, matchOptions } from './context';
import { effectiveImage, requireIndexed } from './indexed-image';
import { listPart } from './image-lists';
import type { ReportRequest } from './isolated-reports';

/** What a report is made from. */
export type ReportDeps = Pick<
  UseCaseContext,
  'store' | 'detectors' | 'feeds' | 'ownVulnerabilities' | 'formats' | 'clarionVersion' | 'now' | 'maxFeedAgeMinutes'
>;

/** The format of that id. Throws `invalid-input`. */
export function formatOf(id: string, { formats }: Pick<UseCaseContext, 'formats'>): ReportFormat {
  const found = formats.find((format) => format.id === id);
  if (found !== undefined) return found;
  throw new ClarionError('invalid-input', `There is no report format "${id.slice(0, 80)}"`, {
    remedy: `known: ${formats.map((format) => format.id).join(', ')}`,
  });
}

export interface RenderContext {
  readonly context: ReportDeps;
  readonly states: readonly FeedState[];
  readonly showSuppressed?: boolean;
  /** The limits of matching; those of a report unless given. */
  readonly limits?: ReportOptions['limits'];
  /** Is called with the report of findings; undefined for formats that show no findings. */
  readonly onMatched?: (report: Report, seconds: number) => void;
}

/**
 * The rendering of the command line for a file: no colours, and the table without findings of kernel headers. A
 * format that cannot show findings (an SBOM) shows the packages.
 */
export async function renderingOf(
  image: EffectiveImage,
  format: ReportFormat,
  { context, states, showSuppressed = false, limits, onMatched }: RenderContext,
): Promise<RenderedText> {
  const style: RenderStyle = { colour: false, width: undefined, listPackages: false };
  if (format.report === undefined) return (await format.inventory?.(inventoryOf(image, context), style)) ?? [];
  const started = performance.now();
  const options = { ...matchOptions(context, states), listSuppressed: showSuppressed, ...(limits && { limits }) };
  const report = await makeReport(image, context.store, options);
  onMatched?.(report, (performance.now() - started) / 1000);
  const shown = format.id === 'table' ? filterFindings(report, { hideKernelHeaders: { except: [] } }) : report;
  return format.report(shown, style);
}

/** Nobody reads a larger report. */
const mostBytes = 512 * 1024 ** 2;
const bytesAtOnce = 256 * 1024;

/** The content of an `isolatedReports` job, for its file. Throws what `ImageUseCases.report` does. */
export async function* reportContent({ digest, part }: ReportRequest, deps: ReportDeps): AsyncGenerator<Uint8Array> {
  const indexed = await requireIndexed(digest, deps);
  if (!('format' in part)) {
    yield Buffer.from(JSON.stringify(await listPart(indexed, part, deps)));
    return;
  }
  const image = await effectiveImage(indexed, deps);
  const states = await deps.store.feedStates();
  let bytes = 0;
  const { format, showSuppressed = false } = part;
  for (const block of blocksOf(
    await renderingOf(image, formatOf(format, deps), { context: deps, states, showSuppressed }),
  )) {
    bytes += block.byteLength;
    if (bytes > mostBytes) throw tooLarge();
    yield block;
  }
}

function tooLarge(): ClarionError {
  return new ClarionError('limit-exceeded', `The report has more than ${mostBytes} bytes`, {
    remedy: 'ask for the format "table", or scan the image with the command line',
  });
}

function* blocksOf(pieces: RenderedText): Generator<Uint8Array> {
  let buffered: string[] = [];
  let length = 0;
  for (const piece of pieces) {
    buffered.push(piece);
    length += piece.length;
    if (length < bytesAtOnce) continue;
    yield Buffer.from(buffered.join(''));
    [buffered, length] = [[], 0];
  }
  yield Buffer.from(buffered.join(''));
}
