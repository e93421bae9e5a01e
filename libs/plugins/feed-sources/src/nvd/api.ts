import { asObject, readText } from '@clarion/file-formats/documents';
import { ClarionError, type Upstream } from '@clarion/model';

/** Documents below this folder are API responses, https://nvd.nist.gov/developers/vulnerabilities. */
export const apiFolder = 'api/';
/** Maximum number of results in one response. */
export const pageSize = 2000;

const maxBytes = 1024 * 1024;
const windowPath = /^(?:api\/)?([\d:.TZ-]{24})\/([\d:.TZ-]{24})(\/count)?$/;

/** A range of modification times, both ends included. */
export interface ModifiedWindow {
  readonly start: Date;
  readonly end: Date;
}

/** Path of the document with everything that was modified within the window. */
export function windowDocument({ start, end }: ModifiedWindow): string {
  return `${apiFolder}${start.toISOString()}/${end.toISOString()}`;
}

/** Turns the path of a window into the query for it; returns every other path unchanged. */
export function apiQuery(path: string): string {
  const [, start, end, count] = windowPath.exec(path) ?? [];
  if (start === undefined || end === undefined) return path;
  const query = new URLSearchParams({
    lastModStartDate: start.replace('Z', '+00:00'),
    lastModEndDate: end.replace('Z', '+00:00'),
    resultsPerPage: String(count === undefined ? pageSize : 1),
    startIndex: '0',
  });
  return `2.0?${query.toString()}`;
}

/** The number of records modified in a window. */
export interface WindowCount {
  readonly results: number;
  /** The server's clock, on which its modification times are based. */
  readonly time: Date | undefined;
}

/** Requests the number of records in a window; undefined if there is no API (a mirror). */
export async function countModified(upstream: Upstream, window: ModifiedWindow): Promise<WindowCount | undefined> {
  const path = `${windowDocument(window)}/count`;
  const answer = await upstream.get(path);
  if (answer.kind === 'missing') return undefined;
  const found = answer.kind === 'content' ? parsed(await readText(answer.body, maxBytes)) : undefined;
  const results = found?.['totalResults'];
  if (typeof results !== 'number' || !Number.isSafeInteger(results) || results < 0) {
    throw new ClarionError('upstream-unavailable', `NVD does not give the number of records in ${path}`);
  }
  return { results, time: utcTime(found?.['timestamp']) };
}

function parsed(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return asObject(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** NVD times are UTC without a zone: `2024-06-29T16:54:34.113`. */
export function utcTime(value: unknown): Date | undefined {
  if (typeof value !== 'string' || !/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?Z?$/.test(value))
    return undefined;
  const time = new Date(value.endsWith('Z') ? value : `${value}Z`);
  return Number.isNaN(time.getTime()) ? undefined : time;
}
