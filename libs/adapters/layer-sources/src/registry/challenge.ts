/** One challenge of a `WWW-Authenticate` header. */
export interface AuthChallenge {
  /** Lower-case: `bearer`, `basic`. */
  readonly scheme: string;
  readonly parameters: ReadonlyMap<string, string>;
}

const maxHeader = 16 * 1024;
const token = /[!#$%&'*+.^_`|~0-9A-Za-z/=-]+/y;

/**
 * Parses the challenges of one header (RFC 9110 §11.6.1). Both challenges and their parameters are separated by commas,
 * so a word is a scheme only if no `=` follows it. Invalid parts are skipped.
 */
export function parseChallenges(header: string): readonly AuthChallenge[] {
  const scanner = createScanner(header.slice(0, maxHeader));
  const challenges: { scheme: string; parameters: Map<string, string> }[] = [];
  while (!scanner.done()) {
    const word = scanner.word();
    if (word === undefined) {
      scanner.skip();
      continue;
    }
    const value = scanner.value();
    if (value === undefined) challenges.push({ scheme: word.toLowerCase(), parameters: new Map() });
    else challenges.at(-1)?.parameters.set(word.toLowerCase(), value);
  }
  return challenges;
}

interface Scanner {
  done(): boolean;
  skip(): void;
  word(): string | undefined;
  /** The value after `=`, quoted or not; undefined when no `=` follows. */
  value(): string | undefined;
}

function createScanner(text: string): Scanner {
  let at = 0;
  const blanks = (): void => {
    while (text[at] === ' ' || text[at] === '\t' || text[at] === ',') at++;
  };
  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0];
    at += found?.length ?? 0;
    return found;
  };
  const quoted = (): string => {
    let value = '';
    for (at++; at < text.length && text[at] !== '"'; at++) {
      if (text[at] === '\\') at++;
      value += text[at] ?? '';
    }
    at++;
    return value;
  };
  return {
    done() {
      blanks();
      return at >= text.length;
    },
    skip() {
      at++;
    },
    word: () => take(/[!#$%&'*+.^_`|~0-9A-Za-z-]+/y),
    value() {
      const match = take(/[ \t]*=[ \t]*/y);
      if (match === undefined) return undefined;
      return text[at] === '"' ? quoted() : (take(token) ?? '');
    },
  };
}
