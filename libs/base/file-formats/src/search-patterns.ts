/** An occurrence of a pattern in some bytes. */
export interface Occurrence {
  readonly pattern: Buffer;
  readonly at: number;
}

/**
 * Prepares a search for many patterns at once, of two or more bytes each: the result yields all occurrences in the
 * order of their first bytes. One pass whatever the number of patterns is (Wu and Manber, 1994): two bytes at a time
 * decide how far the next place is at which a pattern can begin, and mostly skip some.
 */
export function compilePatterns(patterns: readonly Buffer[]): (bytes: Buffer) => Generator<Occurrence> {
  const window = patterns.reduce((least, { length }) => Math.min(least, length), Number.MAX_SAFE_INTEGER);
  if (window < 2) throw new RangeError('A pattern has fewer than two bytes');
  if (patterns.length <= mostPasses) return (bytes) => searchEach(bytes, patterns);
  const tables: Tables = {
    window,
    shifts: new Uint8Array(pairs).fill(Math.min(window - 1, 255)),
    begins: new Uint8Array(pairs),
  };
  const { shifts, begins } = tables;
  const candidates = new Map<number, Buffer[]>();
  for (const pattern of patterns) {
    begins[pairAt(pattern, 1)] = 1;
    for (let end = 1; end < window; end += 1) {
      const pair = pairAt(pattern, end);
      shifts[pair] = Math.min(shifts[pair] ?? 0, window - 1 - end);
    }
    const last = pairAt(pattern, window - 1);
    candidates.set(last, [...(candidates.get(last) ?? []), pattern]);
  }
  return function* search(bytes) {
    for (let end = nextEnd(bytes, window - 1, tables); end < bytes.length; end = nextEnd(bytes, end + 1, tables)) {
      const at = end - window + 1;
      for (const pattern of candidates.get(pairAt(bytes, end)) ?? [])
        if (isAt(bytes, at, pattern)) yield { pattern, at };
    }
  };
}

/** So many passes of the runtime's own search take less time than one pass here, which is compiled while it runs. */
const mostPasses = 4;

function* searchEach(bytes: Buffer, patterns: readonly Buffer[]): Generator<Occurrence> {
  const found = patterns.map((pattern) => ({ pattern, at: bytes.indexOf(pattern) })).filter(({ at }) => at >= 0);
  while (found.length > 0) {
    const first = found.reduce((least, one) => (one.at < least.at ? one : least));
    const { pattern, at } = first;
    yield { pattern, at };
    first.at = bytes.indexOf(pattern, at + 1);
    if (first.at < 0) found.splice(found.indexOf(first), 1);
  }
}

/** Every two bytes. */
const pairs = 1 << 16;

interface Tables {
  /** Bytes of the shortest pattern. */
  readonly window: number;
  /** For each pair of bytes: how many bytes later a window may end that is the beginning of a pattern. */
  readonly shifts: Uint8Array;
  /** 1 for each pair that a pattern begins with. */
  readonly begins: Uint8Array;
}

/** Where the next window ends that may be the beginning of a pattern. The hot loop: every program goes through it. */
function nextEnd(bytes: Uint8Array, start: number, { window, shifts, begins }: Tables): number {
  const { length } = bytes;
  let end = start;
  while (end < length) {
    const shift = shifts[pairAt(bytes, end)] ?? 0;
    if (shift > 0) end += shift;
    else if (begins[pairAt(bytes, end - window + 2)] === 1) return end;
    else end += 1;
  }
  return length;
}

/** The byte at an index and the one before it, as one number. */
function pairAt(bytes: Uint8Array, index: number): number {
  return ((bytes[index - 1] ?? 0) << 8) | (bytes[index] ?? 0);
}

function isAt(bytes: Uint8Array, start: number, pattern: Uint8Array): boolean {
  for (let index = 0; index < pattern.length; index += 1) {
    if (bytes[start + index] !== pattern[index]) return false;
  }
  return true;
}
