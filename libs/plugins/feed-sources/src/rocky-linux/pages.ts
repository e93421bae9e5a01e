import { asObject, jsonElements, readText } from '@clarion/file-formats/documents';
import { parseJson, ClarionError, type FeedPlan, type FeedState, type Upstream } from '@clarion/model';

/** All pages together: advisories move from page to page as new ones appear. */
export const documentName = 'advisories';

/** The most that the API gives on one page. */
const pageSize = 100;
const maxPages = 10_000;
const pageBytes = 128 * 1024 * 1024;

const pageName = /^advisories\/page-(\d{1,5})\.json$/;

type Json = Readonly<Record<string, unknown>>;

/** Query of the API for a page; mirrors have pages as files. */
export function locatePage(path: string): string {
  const page = pageName.exec(path)?.[1];
  return page === undefined ? path : `advisories/?page=${page}&size=${pageSize}`;
}

function pathOf(page: number): string {
  return `advisories/page-${page}.json`;
}

/**
 * As many pages as the first one says. The API has no validators: while that page's count, date and newest advisory are
 * those of the last update, no other page is requested.
 */
export async function planPages(upstream: Upstream, last: FeedState | undefined): Promise<FeedPlan> {
  const answer = await upstream.get(pathOf(1));
  if (answer.kind !== 'content') throw new ClarionError('upstream-unavailable', 'Apollo lists no advisories');
  const page = readPage(parseJson(await readText(answer.body, pageBytes), 'Page of advisories'));
  if (page.pages > maxPages) throw new ClarionError('limit-exceeded', `Apollo lists ${page.pages} pages`);
  const newest = asObject(page.advisories[0])?.['name'];
  const cursor = JSON.stringify([page.total, page.size, page.updated, newest]);
  if (cursor === last?.cursor && Object.hasOwn(last.documents, documentName)) return { documents: [], cursor };
  const parts = Array.from({ length: page.pages }, (_, index) => pathOf(index + 1));
  return { documents: [{ name: documentName, parts }], cursor };
}

interface Page {
  readonly number: number;
  readonly size: number;
  readonly total: number;
  /** How many pages there are. */
  readonly pages: number;
  readonly updated: string;
  readonly advisories: readonly unknown[];
}

function readPage(value: unknown): Page {
  const page = asObject(value);
  const [number, size, total] = [page?.['page'], page?.['size'], page?.['total']];
  const advisories = page?.['advisories'];
  if (!isCount(number) || !isCount(size) || !isCount(total) || !Array.isArray(advisories)) {
    throw new ClarionError('corrupt-data', 'Page of advisories lacks its number, size, total or list');
  }
  const updated = page?.['last_updated_at'];
  return {
    number,
    size,
    total,
    pages: Math.ceil(total / size),
    updated: typeof updated === 'string' ? updated.slice(0, 40) : '',
    advisories: advisories as unknown[],
  };
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0;
}

/**
 * The advisories of all pages, one after the other. Throws `corrupt-data` when they are not the pages of one list: cut
 * off, or changed while they were read, so that an advisory is listed twice or may have been missed.
 */
export async function* advisoriesOf(body: AsyncIterable<Uint8Array>): AsyncGenerator<Json | undefined> {
  const names = new Set<string>();
  let first: Page | undefined;
  let read = 0;
  let count = 0;
  for await (const member of jsonElements(asList(body), 'pages', { memberBytes: pageBytes, depth: 100 })) {
    if (member.problem !== undefined) throw new ClarionError('corrupt-data', 'Page of advisories is not JSON');
    const page = readPage(member.value);
    first ??= page;
    read += 1;
    if (page.number !== read || page.size !== first.size || page.total !== first.total) throw changed();
    count += page.advisories.length;
    for (const item of page.advisories) {
      const advisory = asObject(item);
      const name = advisory?.['name'];
      if (typeof name === 'string') {
        if (names.has(name)) throw changed();
        names.add(name);
      }
      yield advisory;
    }
  }
  if (count !== first?.total || read !== first.pages) throw changed();
}

function changed(): ClarionError {
  return new ClarionError('corrupt-data', 'List of advisories changed while its pages were read');
}

const quote = 0x22;
const backslash = 0x5c;
const openBrace = 0x7b;
const closeBrace = 0x7d;

/** Consecutive objects, as the list of one object. Only braces and strings are parsed. */
async function* asList(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield Buffer.from('{"pages":[');
  let [depth, objects, inString, escaped] = [0, 0, false, false];
  for await (const chunk of body) {
    let start = 0;
    for (let at = 0; at < chunk.length; at += 1) {
      const byte = chunk[at];
      if (inString) {
        if (escaped) escaped = false;
        else if (byte === backslash) escaped = true;
        else inString = byte !== quote;
      } else if (byte === quote) inString = true;
      else if (byte === closeBrace) depth -= 1;
      else if (byte === openBrace) {
        if (depth === 0 && objects > 0) {
          yield chunk.subarray(start, at);
          yield Buffer.from(',');
          start = at;
        }
        if (depth === 0) objects += 1;
        depth += 1;
      }
    }
    yield chunk.subarray(start);
  }
  yield Buffer.from(']}');
}
