import { aboveAll, spanFrom } from '../order-position';
import { type KeySpan, type SortKey } from '../keyed-scheme';
import { digitsEnd, isDigit, lettersEnd, numberKey } from '../sort-key';

// The order inside a run of non-digits: `~`, then the end of the run, then letters, then all other characters.
const tilde = '\u0001';
const endOfRun = '\u0002';
const otherCharacter = '\u007f';

/** deb-version(7): runs of non-digits and of digits alternate from the left; a missing run is empty, a number 0. */
function runsKey(text: string, from: number, to: number): SortKey {
  let key = '';
  let at = from;
  do {
    while (at < to && !isDigit(text.charCodeAt(at))) {
      const end = lettersEnd(text, at);
      if (end > at) key += text.slice(at, end);
      else key += text.charAt(at) === '~' ? tilde : otherCharacter + text.charAt(at);
      at = Math.max(end, at + 1);
    }
    const end = at < to ? digitsEnd(text, at) : at;
    key += endOfRun + numberKey(text, at, end);
    at = end;
  } while (at < to);
  return key + endOfRun;
}

/**
 * `[epoch:]upstream[-revision]`: the epoch ends at the first colon, the revision follows the last hyphen; an absent one
 * is empty, which equals `0`. Any text that is not blank has a place; a broken epoch counts as upstream version.
 */
export function dpkgKey(version: string): SortKey | undefined {
  const text = version.trim();
  if (text === '') return undefined;
  const colon = digitsEnd(text, 0);
  const start = colon > 0 && text.charAt(colon) === ':' ? colon + 1 : 0;
  const hyphen = text.lastIndexOf('-');
  const end = hyphen < start ? text.length : hyphen;
  return numberKey(text, 0, Math.max(start - 1, 0)) + runsKey(text, start, end) + runsKey(text, end + 1, text.length);
}

/** The runs of a text, open for a further run or for further characters in the last one. */
function openRuns(text: string): SortKey {
  const key = runsKey(text, 0, text.length);
  const lastIsNumber = isDigit(text.charCodeAt(text.length - 1));
  return key.slice(0, -(lastIsNumber ? endOfRun : endOfRun + numberKey('') + endOfRun).length);
}

/** A further hyphen turns what looks like a version with a revision into an upstream version. */
export function dpkgContinuations(prefix: string, rest: string): KeySpan<SortKey> {
  const [, epoch = '', upstream = ''] = shape.exec(prefix.trim()) ?? [];
  const start = numberKey(epoch);
  const hyphen = upstream.lastIndexOf('-');
  if (hyphen < 0) return spanFrom(start + openRuns(upstream));
  const span = spanFrom(start + runsKey(upstream, 0, hyphen) + openRuns(upstream.slice(hyphen + 1)));
  return rest.includes('-') ? { ...span, ceiling: start + openRuns(upstream) + aboveAll } : span;
}

const shape = /^(?:(\d+):)?(\d[A-Za-z0-9.+~:-]*)$/;
const largestEpoch = 0x7fffffff;

/** What `dpkg --validate-version` accepts: a colon in the upstream version needs an epoch in front. */
export function isDpkgVersion(version: string): boolean {
  const trimmed = version.trim();
  const [, epoch, rest = ''] = shape.exec(trimmed) ?? [];
  if (Number(epoch ?? 0) > largestEpoch || (epoch === undefined && rest.includes(':'))) return false;
  const hyphen = rest.lastIndexOf('-');
  return rest !== '' && (hyphen < 0 || /^[A-Za-z0-9.+~]+$/.test(rest.slice(hyphen + 1)));
}
