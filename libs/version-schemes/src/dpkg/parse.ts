import { isDigit, isLetter, numberKey, spanEnd, type SortKey } from '../sort-key';

/** Parts of `[epoch:]upstream[-revision]`; an absent epoch or revision is empty, which equals `0`. */
interface Parts {
  readonly epoch: string;
  readonly upstream: string;
  readonly revision: string;
}

function split(version: string): Parts {
  const colon = spanEnd(version, 0, isDigit);
  const hasEpoch = colon > 0 && version.charAt(colon) === ':';
  const epoch = hasEpoch ? version.slice(0, colon) : '';
  const rest = hasEpoch ? version.slice(colon + 1) : version;
  const hyphen = rest.lastIndexOf('-');
  if (hyphen < 0) return { epoch, upstream: rest, revision: '' };
  return { epoch, upstream: rest.slice(0, hyphen), revision: rest.slice(hyphen + 1) };
}

// The order inside a run of non-digits: `~`, then the end of the run, then letters, then all other characters.
const tilde = '\u0001';
const endOfRun = '\u0002';
const otherCharacter = '\u007f';

/** deb-version(7): runs of non-digits and of digits alternate from the left; a missing run is empty, a number 0. */
function runsKey(text: string): SortKey {
  let key = '';
  let at = 0;
  do {
    for (; at < text.length && !isDigit(text.charCodeAt(at)); at++) {
      const character = text.charAt(at);
      if (character === '~') key += tilde;
      else key += isLetter(text.charCodeAt(at)) ? character : otherCharacter + character;
    }
    const end = spanEnd(text, at, isDigit);
    key += endOfRun + numberKey(text.slice(at, end));
    at = end;
  } while (at < text.length);
  return key + endOfRun;
}

/** Any text that is not blank has a place; a broken epoch is read as part of the upstream version. */
export function dpkgKey(version: string): SortKey | undefined {
  const trimmed = version.trim();
  if (trimmed === '') return undefined;
  const { epoch, upstream, revision } = split(trimmed);
  return numberKey(epoch) + runsKey(upstream) + runsKey(revision);
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
