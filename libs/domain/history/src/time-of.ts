import { ClarionError } from '@clarion/model';

const form = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:\d{2}))?$/i;

/** Whether a text has the form of a time or a date, as `timeOf` reads it. */
function isTime(text: string): boolean {
  return form.test(text) && !Number.isNaN(Date.parse(text.toUpperCase())) && isDay(text.slice(0, dateLength));
}

const dateLength = 'yyyy-mm-dd'.length;

/** Dates of 30 February are read as ones in March. */
function isDay(date: string): boolean {
  return new Date(`${date}T00:00:00Z`).toISOString().slice(0, dateLength) === date;
}

/**
 * A time in the form of stores: RFC 3339, or a date, whose end counts (UTC). Throws `invalid-input` for anything else,
 * and for times in the future.
 */
export function timeOf(text: string, now: Date): string {
  if (!isTime(text)) {
    throw new ClarionError('invalid-input', `"${text.slice(0, 80)}" is not a time`, { remedy: timeRemedy(text) });
  }
  const isDate = text.length === dateLength;
  const time = new Date(isDate ? `${text}T23:59:59.999Z` : text.toUpperCase());
  if (isDate && time > now && new Date(text) <= now) return now.toISOString();
  if (time > now) throw new ClarionError('invalid-input', `${text} is in the future`);
  return time.toISOString();
}

/** An offset whose plus sign became a space: it was not encoded in a query. */
const decodedPlus = / \d{2}:\d{2}$/;

function timeRemedy(text: string): string {
  const remedy = 'write it as 2026-03-01 or 2026-03-01T12:00:00Z';
  return decodedPlus.test(text) ? `${remedy}; in a query, + is written %2B` : remedy;
}

/** The beginning of a period: as `timeOf`, but of a date the beginning counts. */
export function beginningOf(text: string, now: Date): string {
  return timeOf(text.length === dateLength && isTime(text) ? `${text}T00:00:00Z` : text, now);
}

/** Splits `REF[@TIME]`; a reference may have an `@` itself. */
export function splitTime(text: string): { readonly reference: string; readonly time?: string } {
  const at = text.lastIndexOf('@');
  const time = at < 0 ? '' : text.slice(at + 1);
  return isTime(time) ? { reference: text.slice(0, at), time } : { reference: text };
}

/**
 * What is wrong with the time of `REF@TIME`; undefined where a time, a digest or nothing follows a reference, also if the
 * digest is not valid. A file may be named like that.
 */
export function timeFault(text: string): ClarionError | undefined {
  const at = text.lastIndexOf('@');
  const time = text.slice(at + 1);
  if (at < 0 || isTime(time) || /^sha\d+:/i.test(time)) return undefined;
  const fault = time === '' ? 'no time' : `"${time.slice(0, 80)}", which is not a time`;
  return new ClarionError('invalid-input', `"${text.slice(0, at).slice(0, 200)}" is followed by @ and ${fault}`, {
    remedy: timeRemedy(time),
  });
}
