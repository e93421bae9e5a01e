import { readText } from '@clarion/file-formats/documents';
import { ClarionError, type FeedPlan, type FeedState, type PlannedDocument, type Upstream } from '@clarion/model';
import { apiFolder, countModified, type ModifiedWindow, pageSize, windowDocument } from './api';

const firstYear = 2002;
/** Each year has advisories about some of them. */
const anyRuntime = 'generic:*';
const yearFile = /^nvdcve-2\.0-(?:\d{4})\.json$/;
const minute = 60_000;
const day = 24 * 60 * minute;

/** The API allows windows of 120 days; older changes are in the yearly files. */
const longestWindow = 119 * day;
/** A recent modification may not be in the API yet: the next window starts a little earlier. */
const overlap = 15 * minute;
/** Above this number of changes, the yearly files are faster. */
const mostChanges = 5 * pageSize;
/** All files are generated again once a day, one after another. */
const generation = day;

/**
 * Continues in the API from the end of the last update. Without a cursor, or after too many changes, plans the yearly
 * files, of which only those with a new digest are fetched. Sends at most five requests to the API, the limit for half
 * a minute without a key.
 */
export async function planNvd(upstream: Upstream, last: FeedState | undefined, now: Date): Promise<FeedPlan> {
  return (await planWindow(upstream, last, now)) ?? (await planYears(upstream, now));
}

/**
 * One window with at most one response of results: pages shift when records are modified while they are read, but a
 * single response cannot. Undefined when the yearly files are the better choice.
 */
async function planWindow(upstream: Upstream, last: FeedState | undefined, now: Date): Promise<FeedPlan | undefined> {
  const start = new Date(last?.cursor ?? Number.NaN);
  const into = Object.keys(last?.documents ?? {})
    .filter((name) => yearFile.test(name))
    .sort()
    .at(-1);
  // A window cannot add whole years that were missing.
  if (last?.missing !== undefined) return undefined;
  if (into === undefined || Number.isNaN(start.getTime()) || start > now) return undefined;
  if (now.getTime() - start.getTime() > longestWindow) return undefined;
  let window: ModifiedWindow = { start, end: now };
  let count = await countModified(upstream, window);
  if (count === undefined || count.results > mostChanges) return undefined;
  while (count.results > pageSize) {
    // The next update reads the rest.
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

/** All years, or those that an incomplete mirror has; the plan lists the missing ones. */
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
    // The file of a new year may appear late.
    .filter((year) => year < now.getUTCFullYear() || now.getUTCMonth() > 0)
    .filter((year) => !documents.some(({ name }) => name === nameOf(year)))
    .map((year) => {
      const ids = yearsIn(year).map((one) => `CVE-${one}-`);
      return { name: nameOf(year), ids, namespaces: [anyRuntime] };
    });
  const plan = { documents, missing };
  return newest > 0 ? { ...plan, cursor: new Date(newest - generation).toISOString() } : plan;
}

function nameOf(year: number): string {
  return `nvdcve-2.0-${year}.json`;
}

/** The first file also contains all earlier years. */
function yearsIn(year: number): readonly number[] {
  return year === firstYear ? [1999, 2000, 2001, firstYear] : [year];
}

/** A mirror may lack `.meta` files, and a server with them may have no index. */
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
  /** Milliseconds since 1970; 0 if not stated. */
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

/** Whether a document is an API response and not a file. */
export function isAnswer(document: string): boolean {
  return document.startsWith(apiFolder);
}
