import { HttpError } from '@clarion/http-engine';
import { ClarionError } from '@clarion/model';

interface Wanted {
  readonly type: string;
  readonly quality: number;
}

const token = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
const range = new RegExp(`^(?:\\*/\\*|${token}/\\*|${token}/${token})$`);
/** More than any client accepts. */
const mostRanges = 100;

/** The media types of one kind of document, the preferred one first. */
export type OfferedTypes = readonly [string, ...string[]];

/** Clair's own type of a schema, and plain JSON. */
export function clairTypes(schema: string): OfferedTypes {
  return [`application/vnd.clair.${schema}.v1+json`, 'application/json'];
}

/**
 * The type that a caller prefers. Throws `unsupported-media-type` when it accepts none of them, and `invalid-input` when
 * its `Accept` cannot be parsed.
 */
export function negotiate(accept: string | undefined, offered: OfferedTypes): string {
  const [usual] = offered;
  if (accept === undefined || accept.trim() === '') return usual;
  const chosen = preferred(accept, offered);
  if (chosen !== undefined) return chosen;
  throw new HttpError('unsupported-media-type', `unable to negotiate common media type for ${offered.join(', ')}`);
}

/** As `negotiate`, for routes on which Clair never looks at `Accept`: any caller gets an answer. */
export function preferredType(accept: string | undefined, offered: OfferedTypes): string {
  try {
    return negotiate(accept, offered);
  } catch {
    return offered[0];
  }
}

function preferred(accept: string, offered: OfferedTypes): string | undefined {
  // Sorting is stable: what is named first wins among equals.
  const wanted = parse(accept)
    .filter(({ quality }) => quality > 0)
    .sort((a, b) => b.quality - a.quality);
  for (const { type } of wanted) {
    const found = offered.find((one) => matches(one, type));
    if (found !== undefined) return found;
  }
  return undefined;
}

function matches(offered: string, wanted: string): boolean {
  if (wanted === '*/*' || wanted === offered) return true;
  return wanted.endsWith('/*') && offered.startsWith(wanted.slice(0, -1));
}

function parse(accept: string): Wanted[] {
  const ranges = accept.split(',', mostRanges + 1);
  if (ranges.length > mostRanges) throw unreadable();
  return ranges.flatMap((one) => {
    const [type = '', ...parameters] = one.split(';').map((part) => part.trim());
    if (type === '' && parameters.length === 0) return [];
    if (!range.test(type)) throw unreadable();
    return [{ type: type.toLowerCase(), quality: qualityOf(parameters) }];
  });
}

function qualityOf(parameters: readonly string[]): number {
  const stated = parameters.find((one) => /^q\s*=/i.test(one));
  if (stated === undefined) return 1;
  const [, quality = ''] = /^q\s*=\s*(\d(?:\.\d{0,10})?)$/i.exec(stated) ?? [];
  if (quality === '' || Number(quality) > 1) throw unreadable();
  return Number(quality);
}

function unreadable(): ClarionError {
  return new ClarionError('invalid-input', 'malformed request: the header Accept cannot be parsed');
}
