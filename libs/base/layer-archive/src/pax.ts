import { decodeName } from './decode-name';

/** What the records of one pax extended header say about the next entry. */
export interface PaxRecords {
  readonly values: ReadonlyMap<string, string>;
  /** Offsets and lengths of sparse format 0.0, whose two keys are repeated for each fragment. */
  readonly sparsePairs: readonly string[];
}

/** All keys that change how an entry is read; the others (times, owners, attributes) are passed over. */
const meaningful = new Set([
  'path',
  'linkpath',
  'size',
  'GNU.sparse.major',
  'GNU.sparse.minor',
  'GNU.sparse.name',
  'GNU.sparse.size',
  'GNU.sparse.realsize',
  'GNU.sparse.map',
]);

const newline = 0x0a;
const equals = 0x3d;
const space = 0x20;
/** A record's length has no more digits than the largest header that is read. */
const lengthDigits = 10;

/**
 * Reads the records `length SP key=value NL` of an extended header
 * (https://pubs.opengroup.org/onlinepubs/9699919799/utilities/pax.html). Undefined when one of them is malformed.
 */
export function parsePax(body: Buffer): PaxRecords | undefined {
  const values = new Map<string, string>();
  const sparsePairs: string[] = [];
  for (let at = 0; at < body.length;) {
    const record = readRecord(body, at);
    if (record === undefined) return undefined;
    at = record.end;
    const { key } = record;
    if (key === 'GNU.sparse.offset' || key === 'GNU.sparse.numbytes') {
      if ((sparsePairs.length % 2 === 0) !== (key === 'GNU.sparse.offset')) return undefined;
      sparsePairs.push(decodeName(record.value));
    } else if (meaningful.has(key)) {
      // An empty value takes back what an earlier record or the header itself said before it.
      if (record.value.length === 0) values.delete(key);
      else values.set(key, decodeName(record.value));
    }
  }
  return { values, sparsePairs };
}

function readRecord(body: Buffer, at: number): { key: string; value: Buffer; end: number } | undefined {
  const blank = body.indexOf(space, at);
  if (blank <= at || blank - at > lengthDigits) return undefined;
  const length = parseDecimal(body.toString('latin1', at, blank));
  if (length === undefined) return undefined;
  const end = at + length;
  if (end > body.length || body[end - 1] !== newline) return undefined;
  const sign = body.indexOf(equals, blank + 1);
  if (sign <= blank + 1 || sign >= end) return undefined;
  return { key: body.toString('utf8', blank + 1, sign), value: body.subarray(sign + 1, end - 1), end };
}

/** A non-negative decimal integer up to 2^53, undefined for any other text. */
export function parseDecimal(text: string): number | undefined {
  if (!/^\d{1,16}$/.test(text)) return undefined;
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : undefined;
}
