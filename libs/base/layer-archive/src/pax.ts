import { decodeName } from './decode-name';

/** The data of one pax extended header for the next entry. */
export interface PaxRecords {
  readonly values: ReadonlyMap<string, string>;
  /** The first record that should be a number or time and is not, although nothing here depends on it. */
  readonly fault: string | undefined;
}

/** All keys that change how an entry is read; the others (times, owners, attributes) are ignored. */
const meaningful = new Set([
  'path',
  'linkpath',
  'size',
  'GNU.sparse.major',
  'GNU.sparse.minor',
  'GNU.sparse.name',
  'GNU.sparse.size',
  'GNU.sparse.realsize',
  'GNU.sparse.numblocks',
  'GNU.sparse.map',
]);

/** Records that Go's archive/tar rejects when they are not numbers; times may have a sign and a fraction. */
const numbers: ReadonlyMap<string, RegExp> = new Map([
  ['uid', /^[+-]?\d{1,18}$/],
  ['gid', /^[+-]?\d{1,18}$/],
  ['atime', /^[+-]?\d{1,18}(?:\.\d*)?$/],
  ['mtime', /^[+-]?\d{1,18}(?:\.\d*)?$/],
  ['ctime', /^[+-]?\d{1,18}(?:\.\d*)?$/],
]);

/** Records that are names, which cannot contain a NUL. */
const names = new Set(['path', 'linkpath', 'uname', 'gname']);

const newline = 0x0a;
const equals = 0x3d;
const space = 0x20;
const comma = 0x2c;
/** A record's length has no more digits than the largest header that is read. */
const lengthDigits = 10;

/**
 * Reads the records `length SP key=value NL` of an extended header
 * (https://pubs.opengroup.org/onlinepubs/9699919799/utilities/pax.html). Undefined when one of them is malformed.
 */
export function parsePax(body: Buffer): PaxRecords | undefined {
  const values = new Map<string, string>();
  const faults = new Set<string>();
  /** Offsets and lengths of sparse format 0.0, whose two keys are repeated for each fragment. */
  const pairs: string[] = [];
  for (let at = 0; at < body.length;) {
    const record = readRecord(body, at);
    if (record === undefined || hasStrayNul(record)) return undefined;
    at = record.end;
    const { key, value } = record;
    if (key === 'GNU.sparse.offset' || key === 'GNU.sparse.numbytes') {
      if ((pairs.length % 2 === 0) !== (key === 'GNU.sparse.offset') || value.includes(comma)) return undefined;
      pairs.push(decodeName(value));
    } else if (meaningful.has(key)) {
      // An empty value removes the value of an earlier record or of the header itself.
      if (value.length === 0) values.delete(key);
      else values.set(key, decodeName(value));
    } else if (isNumberOf(key, value)) faults.delete(key);
    else faults.add(key);
  }
  // The pairs are another form of the map, and override a map.
  if (pairs.length > 0) values.set('GNU.sparse.map', pairs.join());
  const [fault] = faults;
  return { values, fault };
}

function hasStrayNul({ key, value }: { readonly key: string; readonly value: Buffer }): boolean {
  return names.has(key) ? value.includes(0) : key.includes('\0');
}

/** Also true for records of other types, and for empty ones, which are ignored. */
function isNumberOf(key: string, value: Buffer): boolean {
  const form = numbers.get(key);
  return form === undefined || value.length === 0 || form.test(value.toString('latin1'));
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
