import { filterFindings } from '@clarion/policy';
import { inventoryOf, type MatchedPackages, matchPackages, reportOf, type ReportOptions } from '@clarion/reporting';
import {
  ClarionError,
  type EffectiveImage,
  type RenderedText,
  type RenderStyle,
  type Report,
  type ReportFormat,
} from '@clarion/model';
import type { UseCaseContext } from './context';
import { historyPart } from './history/history-part';
import { imageAt } from './history/image-at';
import { factsOfReport, type FactsOfReport } from './history/report-options-at';
import { effectiveImage, requireIndexed } from './indexed-image';
import { listPart } from './image-lists';
import type { ReportRequest } from './isolated-reports';
import type { ReportDeps } from './report-deps';

/** The format of that id. Throws `invalid-input`. */
export function formatOf(id: string, { formats }: Pick<UseCaseContext, 'formats'>): ReportFormat {
  const found = formats.find((format) => format.id === id);
  if (found !== undefined) return found;
  throw new ClarionError('invalid-input', `There is no report format "${id.slice(0, 80)}"`, {
    remedy: `known: ${formats.map((format) => format.id).join(', ')}`,
  });
}

export interface RenderContext extends Pick<FactsOfReport<ReportDeps>, 'facts' | 'options'> {
  readonly settings: ReportDeps;
  readonly showSuppressed?: boolean;
  /** The limits of matching; those of a report unless given. */
  readonly limits?: ReportOptions['limits'];
  /** `matchPackages` on the facts unless stated. */
  readonly match?: (options: ReportOptions) => Promise<MatchedPackages>;
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
  { settings, facts, options: matching, showSuppressed = false, limits, match, onMatched }: RenderContext,
): Promise<RenderedText> {
  const style: RenderStyle = { colour: false, width: undefined, listPackages: false };
  if (format.report === undefined) return (await format.inventory?.(inventoryOf(image, settings), style)) ?? [];
  const started = performance.now();
  const options = { ...matching, listSuppressed: showSuppressed, ...(limits && { limits }) };
  const matched = await (match?.(options) ?? matchPackages(image, facts, options));
  const report = reportOf(image, matched, options);
  onMatched?.(report, (performance.now() - started) / 1000);
  const shown = format.id === 'table' ? filterFindings(report, { hideKernelHeaders: { except: [] } }) : report;
  return format.report(shown, style);
}

/** Nobody reads a larger report. */
const mostBytes = 512 * 1024 ** 2;
const bytesAtOnce = 256 * 1024;

/** The content of an `isolatedReports` job, for its file. Throws what `ImageUseCases.report` does. */
export async function* reportContent({ digest, part }: ReportRequest, deps: ReportDeps): AsyncGenerator<Uint8Array> {
  if ('timeline' in part || 'compare' in part) {
    yield Buffer.from(JSON.stringify(await historyPart(digest, part, deps)));
    return;
  }
  const indexed = await requireIndexed(digest, deps);
  if (!('format' in part)) {
    yield Buffer.from(JSON.stringify(await listPart(indexed, part, deps)));
    return;
  }
  const { format, showSuppressed = false, at } = part;
  const image = await effectiveImage(imageAt(indexed, at), deps);
  const known = await factsOfReport(deps, at);
  let bytes = 0;
  for (const block of blocksOf(await renderingOf(image, formatOf(format, deps), { ...known, showSuppressed }))) {
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
