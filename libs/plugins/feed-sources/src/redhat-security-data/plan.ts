import { hash } from 'node:crypto';
import { asObject, readText } from '@clarion/file-formats/documents';
import {
  ClarionError,
  type FeedPlan,
  type FeedState,
  type MissingDocument,
  type Upstream,
  isCveId,
} from '@clarion/model';
import { cvePath, isCvePath, listPage, rowsOfPage } from './pages';

const maxPages = 1000;
const maxPageBytes = 64 * 1024 * 1024;
/** Every CVE is read again once in this many updates, since the list does not show which changed. */
export const turns = 7;
/** CVEs published within this time change most, and are read at every update. */
const recentMillis = 30 * 24 * 60 * 60 * 1000;

/** Facts are stored under the name of the first page: it is the only document that always exists. */
export const listDocument = listPage(1);

interface Cursor {
  /** When the newest known CVE was published, in milliseconds since 1970. */
  readonly newest: number;
  readonly turn: number;
}

/**
 * All CVEs at first. Later those that are new or recent, and a seventh of all others in turn: the API has no list of
 * changes, and 36,000 requests at every update would be too many.
 */
export async function planSecurityData(upstream: Upstream, last: FeedState | undefined): Promise<FeedPlan> {
  const { published, missing } = await readList(upstream);
  const known = last?.documents[listDocument] === undefined ? undefined : readCursor(last.cursor);
  const turn = known === undefined ? 0 : (known.turn + 1) % turns;
  const due = [...published].filter(
    ([id, at]) => known === undefined || !(at < known.newest - recentMillis) || turnOf(id) === turn,
  );
  const times = [...published.values()].filter((at) => !Number.isNaN(at));
  const newest = times.reduce((latest, at) => Math.max(latest, at), known?.newest ?? 0);
  // What was listed but missing is requested each time.
  const again = (last?.missing ?? []).map(({ name }) => name).filter((name) => isCvePath(name));
  const names = [...new Set([...due.map(([id]) => cvePath(id)), ...again])].sort();
  return {
    documents: known === undefined ? [{ name: listDocument }] : [],
    patch: { into: listDocument, documents: names.map((name) => ({ name })), removed: [] },
    missing,
    cursor: JSON.stringify({ newest, turn } satisfies Cursor),
  };
}

/** Which of the updates reads a CVE again; spread evenly, and always the same for one id. */
export function turnOf(id: string): number {
  return Number.parseInt(hash('sha256', id, 'hex').slice(0, 8), 16) % turns;
}

function readCursor(text: string | undefined): Cursor | undefined {
  try {
    const value = asObject(JSON.parse(text ?? ''));
    const { newest, turn } = value ?? {};
    return typeof newest === 'number' && typeof turn === 'number' ? { newest, turn } : undefined;
  } catch {
    return undefined;
  }
}

interface List {
  /** Of each CVE, when it was published. */
  readonly published: ReadonlyMap<string, number>;
  readonly missing: readonly MissingDocument[];
}

/**
 * All CVEs of the list. New ones are added at the top while it is paged, which moves rows to later pages but loses
 * none; the first page is read once more for them. A list ends with a page that is not full: without one, pages are
 * missing.
 */
async function readList(upstream: Upstream): Promise<List> {
  const published = new Map<string, number>();
  for (let page = 1; page <= maxPages; page += 1) {
    const rows = await readPage(upstream, page, published);
    if (rows !== undefined && rows >= rowsOfPage) continue;
    if (page > 1) await readPage(upstream, 1, published);
    if (published.size === 0) throw new ClarionError('upstream-unavailable', 'Red Hat security data lists no CVEs');
    return { published, missing: rows === undefined ? [{ name: listPage(page) }] : [] };
  }
  throw new ClarionError('limit-exceeded', `Red Hat security data has more than ${maxPages} pages`);
}

/** Adds the CVEs of a page; returns how many rows it has, undefined for a missing page. */
async function readPage(upstream: Upstream, page: number, published: Map<string, number>): Promise<number | undefined> {
  const answer = await upstream.get(listPage(page));
  if (answer.kind !== 'content') return undefined;
  const rows = parsePage(await readText(answer.body, maxPageBytes), page);
  for (const row of rows) {
    const { CVE: id, public_date: date } = asObject(row) ?? {};
    if (typeof id !== 'string' || !isCveId(id)) continue;
    published.set(id, typeof date === 'string' ? Date.parse(date) : NaN);
  }
  return rows.length;
}

function parsePage(text: string, page: number): readonly unknown[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new ClarionError('corrupt-data', `Page ${page} of the list of CVEs is not JSON`, { cause });
  }
  if (!Array.isArray(value)) throw new ClarionError('corrupt-data', `Page ${page} of the list of CVEs is not a list`);
  return value as unknown[];
}
