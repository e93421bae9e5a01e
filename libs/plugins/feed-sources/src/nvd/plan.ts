import { readText } from '@clarion/file-formats/documents';
import { ClarionError, type FeedPlan, type FeedState, type PlannedDocument, type Upstream } from '@clarion/model';
import { apiFolder, countModified, type ModifiedWindow, pageSize, windowDocument } from './api';

const firstYear = 2002;
const yearFile = /^nvdcve-2\.0-(?:\d{4})\.json$/;
const minute = 60_000;
const day = 24 * 60 * minute;

/** The API allows windows of 120 days; what is older is in the yearly files. */
const longestWindow = 119 * day;
/** What was modified a moment ago may not be found yet: the next window starts a little earlier. */
const overlap = 15 * minute;
/** More changes than this are read faster from the yearly files. */
const mostChanges = 5 * pageSize;
/** All files are made anew once a day, one after the other. */
const generation = day;

/**
 * Follows the API from where the last update ended; without such a point, or where too much has changed since, plans
 * the yearly files, of which only those with a new digest are fetched. Costs at most five requests to the API, which is
 * what it allows in half a minute without a key.
 */
export async function planNvd(upstream: Upstream, last: FeedState | undefined, now: Date): Promise<FeedPlan> {
  return (await planWindow(upstream, last, now)) ?? (await planYears(upstream, now));
}

/**
 * One window with no more results than one answer holds: pages shift while they are read when records are modified, a
 * single answer cannot. Undefined when the yearly files are the better way.
 */
async function planWindow(upstream: Upstream, last: FeedState | undefined, now: Date): Promise<FeedPlan | undefined> {
  const start = new Date(last?.cursor ?? Number.NaN);
  const into = Object.keys(last?.documents ?? {})
    .filter((name) => yearFile.test(name))
    .sort()
    .at(-1);
  // Whole years that were not there are in no window.
  if (last?.missing !== undefined) return undefined;
  if (into === undefined || Number.isNaN(start.getTime()) || start > now) return undefined;
  if (now.getTime() - start.getTime() > longestWindow) return undefined;
  let window: ModifiedWindow = { start, end: now };
  let count = await countModified(upstream, window);
  if (count === undefined || count.results > mostChanges) return undefined;
  while (count.results > pageSize) {
    // What is left over is read at the next update.
    const length = (window.end.getTime() - start.getTime()) / 2;
    if (length <= 2 * overlap || length < (now.getTime() - start.getTime()) / 8) return undefined;
    window = { start, end: new Date(start.getTime() + length) };
    count = await countModified(upstream, window);
    if (count === undefined) return undefined;
  }
  const reached = Math.min(window.end.getTime(), count.time?.getTime() ?? Infinity) - overlap;
  const cursor = new Date(Math.max(reached, start.getTime())).toISOString();
  if (count.results === 0) return { documents: [], cursor };
  return { documents: [], patch: { into, documents: [{ name: windowDocument(window) }], removed: [] }, cursor };
}

/** All years, or those that a mirror of some years has; the plan names those that it lacks. */
async function planYears(upstream: Upstream, now: Date): Promise<FeedPlan> {
  const documents: PlannedDocument[] = [];
  let newest = 0;
  const absent: number[] = [];
  for (let year = firstYear; year <= now.getUTCFullYear(); year += 1) {
    const meta = await readMeta(upstream, `nvdcve-2.0-${year}.meta`);
    if (meta === undefined) {
      absent.push(year);
      continue;
    }
    documents.push({ name: nameOf(year), sha256: meta.sha256 });
    newest = Math.max(newest, meta.modified);
  }
  if (absent.length > 0) documents.push(...(await listed(upstream, absent, documents.length > 0)));
  const missing = absent
    // That of a new year may take a while to come.
    .filter((year) => year < now.getUTCFullYear() || now.getUTCMonth() > 0)
    .filter((year) => !documents.some(({ name }) => name === nameOf(year)))
    .map((year) => ({ name: nameOf(year), ids: yearsIn(year).map((one) => `CVE-${one}-`) }));
  const plan = { documents, missing };
  return newest > 0 ? { ...plan, cursor: new Date(newest - generation).toISOString() } : plan;
}

function nameOf(year: number): string {
  return `nvdcve-2.0-${year}.json`;
}

/** The first file holds all that came before. */
function yearsIn(year: number): readonly number[] {
  return year === firstYear ? [1999, 2000, 2001, firstYear] : [year];
}

/** A mirror may lack `.meta` files, and a server with them may have no list. */
async function listed(upstream: Upstream, years: readonly number[], mayFail: boolean): Promise<PlannedDocument[]> {
  let names: readonly string[];
  try {
    names = await upstream.list('');
  } catch (error) {
    if (mayFail && error instanceof ClarionError) return [];
    throw error;
  }
  const found = years.map(nameOf).filter((name) => names.includes(name));
  if (found.length === 0 && !mayFail) throw new ClarionError('upstream-unavailable', 'NVD lists no yearly files');
  return found.map((name) => ({ name }));
}

interface Meta {
  readonly sha256: string;
  /** Milliseconds of the epoch; 0 where it is not told. */
  readonly modified: number;
}

/** Reads lines such as `lastModifiedDate:2025-11-20T03:00:12-05:00` and `sha256:9F86…`, the digest of the JSON. */
async function readMeta(upstream: Upstream, path: string): Promise<Meta | undefined> {
  const answer = await upstream.get(path);
  if (answer.kind === 'missing') return undefined;
  const text = answer.kind === 'content' ? await readText(answer.body, 64 * 1024) : '';
  const sha256 = /^sha256:([0-9a-f]{64})\s*$/im.exec(text)?.[1];
  if (sha256 === undefined) throw new ClarionError('upstream-unavailable', `${path} of NVD states no digest`);
  const modified = Date.parse(/^lastModifiedDate:(\S{10,40})\s*$/im.exec(text)?.[1] ?? '');
  return { sha256: sha256.toLowerCase(), modified: Number.isNaN(modified) ? 0 : modified };
}

/** Whether a document is an answer of the API rather than a file. */
export function isAnswer(document: string): boolean {
  return document.startsWith(apiFolder);
}
