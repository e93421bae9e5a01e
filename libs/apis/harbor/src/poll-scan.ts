import type { HttpAnswer } from '@clarion/http-engine';
import { ClarionError } from '@clarion/model';
import { type AskOptions, type ImageView, PreconditionError } from '@clarion/use-cases';
import type { HarborServices } from './harbor-services';
import { reportAnswer } from './report-answer';
import type { ReportKind } from './report-kind';
import { messageOf, scanFailed, withRemedy } from './scan-failed';
import { parseScanId, type Scan } from './scan-id';

/** Harbor reads it as a signed byte, and polls in a tight loop without one above zero. */
const [leastSeconds, mostSeconds] = [1, 15];

export interface Poll {
  readonly id: string;
  readonly kind: ReportKind;
}

/**
 * The report, 302 while it is not ready, or 500 with the reason why there will be none. All kinds of reports of one scan
 * may be polled at the same time. Throws `not-found` for another text than an id.
 */
export async function pollScan({ id, kind }: Poll, services: HarborServices, asking: AskOptions): Promise<HttpAnswer> {
  const scan = parseScanId(id);
  if (scan === undefined) throw new ClarionError('not-found', 'There is no scan with this id');
  const state = services.scans.stateOf(id);
  if (state === 'waiting') return notReady(scan, services);
  if (state !== undefined) return scanFailed(state.failure);
  // Most polls are of images that are indexed: nothing else has to be known of these.
  return (await ready(scan, kind, { services, asking })) ?? unfinished(scan, services);
}

/** The answer about an image that has no report yet, or none at all. */
async function unfinished(scan: Scan, services: HarborServices): Promise<HttpAnswer> {
  const image = await imageOf(scan, services);
  if (image === undefined) return withoutImage(scan, services);
  if (image.state !== 'failed') return notReady(scan, services);
  // Another process may not have submitted it yet: then this is the failure of an earlier scan.
  return isOfThisScan(image, scan, services) ? failed(image) : notReady(scan, services, () => failed(image));
}

async function imageOf({ artifact }: Scan, { useCases }: HarborServices): Promise<ImageView | undefined> {
  try {
    return await useCases.images.get(artifact.digest);
  } catch (error) {
    if (error instanceof ClarionError && error.code === 'not-found') return undefined;
    throw error;
  }
}

/** It was submitted and deleted, or the process that would submit it has ended, or is another one. */
function withoutImage(scan: Scan, services: HarborServices): HttpAnswer {
  if (scan.process === services.process) return scanFailed('The image was deleted after its scan; scan it again');
  if (!services.isAlone) return notReady(scan, services);
  return scanFailed('The scan ended with the process that had accepted it; scan the image again');
}

function isOfThisScan({ submittedAt }: ImageView, scan: Scan, services: HarborServices): boolean {
  if (services.isAlone || scan.process === services.process) return true;
  return submittedAt !== null && Date.parse(submittedAt) >= scan.at;
}

function failed({ failure }: ImageView): HttpAnswer {
  return scanFailed(failure === null ? 'The image could not be read' : withRemedy(failure.message, failure.remedy));
}

/** Beyond the time limit of a scan, it has failed: Harbor would poll for ever. */
function notReady(scan: Scan, { now, scanMillis }: HarborServices, otherwise?: () => HttpAnswer): HttpAnswer {
  const age = now().getTime() - scan.at;
  if (age > scanMillis) {
    return otherwise?.() ?? scanFailed(`The scan took longer than ${Math.round(scanMillis / 60_000)} minutes`);
  }
  const seconds = Math.min(mostSeconds, Math.max(leastSeconds, Math.ceil(age / 10_000)));
  return { status: 302, headers: { 'refresh-after': String(seconds) } };
}

/** Undefined for an image that is not indexed, or not known. */
async function ready(
  scan: Scan,
  kind: ReportKind,
  context: { readonly services: HarborServices; readonly asking: AskOptions },
): Promise<HttpAnswer | undefined> {
  try {
    return await reportAnswer(scan, kind, context);
  } catch (error) {
    // Also of a large image whose report waits for others.
    if (error instanceof PreconditionError) {
      return error.code === 'not-indexed' ? undefined : notReady(scan, context.services);
    }
    if (!(error instanceof ClarionError)) throw error;
    return error.code === 'not-found' ? undefined : scanFailed(messageOf(error));
  }
}
