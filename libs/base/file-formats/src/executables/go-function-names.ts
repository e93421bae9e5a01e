import { ClarionError } from '@clarion/model';
import { FunctionLines } from './function-lines';

const mostNames = 2_000_000;
/** A longer name is that of no function that a person wrote. */
const longestName = 4096;
const pieceBytes = 1024 * 1024;

/**
 * Reads names that each end with a NUL, as lines: the import path of a package, and each after a tab, the names of its
 * functions as advisories write them (`Client.Do` for a method, whether or not its receiver is a pointer). Only the
 * package of the program itself is called `main`. What a compiler derives from a function (closures, wrappers, instances
 * of generic functions) counts as that function. The names of a large program have 50 MB, so they are read in pieces,
 * and kept as bytes. Throws `limit-exceeded`, and what `check` throws.
 */
export function linesOfFunctions(
  read: (at: number, length: number) => Buffer,
  size: number,
  check?: () => void,
): FunctionLines {
  const lines = new FunctionLines();
  const names = new NameReader(lines);
  let count = 0;
  for (let start = 0; start < size;) {
    check?.();
    const piece = read(start, Math.min(pieceBytes + longestName, size - start));
    let at = 0;
    while (at < Math.min(pieceBytes, piece.length)) {
      const nul = piece.indexOf(0, at);
      const end = nul < 0 ? piece.length : nul;
      if (end > at && end - at <= longestName) {
        count += 1;
        if (count > mostNames) throw new ClarionError('limit-exceeded', `it has more than ${mostNames} functions`);
        names.add(piece, at, end);
      }
      at = end + 1;
    }
    start += at;
  }
  return lines;
}

const [space, open, close, star, dash, dot, slash] = [0x20, 0x28, 0x29, 0x2a, 0x2d, 0x2e, 0x2f];
const [bracket, remove] = [0x5b, 0x7f];

/** Splits names into packages and functions. As bytes: a large program has half a million names. */
class NameReader {
  private readonly lines: FunctionLines;
  /** What the names of a package begin with, its dot included. Those of a package follow one another. */
  private prefix = Buffer.alloc(0);
  private readonly method = Buffer.alloc(longestName);

  constructor(lines: FunctionLines) {
    this.lines = lines;
  }

  /** Reads the name from `start` to `end`. */
  add(bytes: Buffer, start: number, end: number): void {
    const { prefix } = this;
    const isSame = prefix.length > 0 && isAt(bytes, start, prefix);
    if (isSame && isPlain(bytes, start + prefix.length, end)) {
      this.addFunction(bytes, start + prefix.length, end);
      return;
    }
    const name = bytes.toString('latin1', start, end);
    const plain = Buffer.from(name.includes('[') ? withoutTypeArguments(name) : name, 'latin1');
    const dotAt = plain.indexOf(dot, plain.lastIndexOf(slash) + 1);
    if (dotAt <= 0 || generated.test(name)) return;
    const path = unescapedPath(plain.toString('latin1', 0, dotAt));
    if (unusable.test(path) || unusable.test(plain.toString('latin1'))) return;
    this.lines.select(path);
    this.prefix = Buffer.from(plain.subarray(0, dotAt + 1));
    this.addFunction(plain, dotAt + 1, plain.length);
  }

  /** The name without its package, and without type arguments. */
  private addFunction(bytes: Buffer, start: number, end: number): void {
    const { method } = this;
    let length = 0;
    let [firstDot, secondDot] = [-1, -1];
    let at = start;
    // `(*Client).Do` is `Client.Do`.
    const closeAt = bytes[start] === open ? bytes.indexOf(close, start) : -1;
    const isReceiver = closeAt > 0 && closeAt < end;
    if (isReceiver) at += bytes[start + 1] === star ? 2 : 1;
    for (; at < end; at += 1) {
      if (isReceiver && at === closeAt) continue;
      const byte = bytes[at] ?? 0;
      // `Client.Do-fm` is the value of a method, `Each-range1` the body of a loop.
      if (byte === dash) break;
      if (byte === dot) {
        if (firstDot < 0) firstDot = length;
        else if (secondDot < 0) secondDot = length;
        else break;
      }
      method[length] = byte;
      length += 1;
    }
    const firstEnd = firstDot < 0 ? length : firstDot;
    const secondEnd = secondDot < 0 ? length : secondDot;
    if (firstEnd === 0) return;
    if (firstDot >= 0 && !isDerived(method, firstDot + 1, secondEnd)) {
      this.lines.add(method, secondEnd);
      // The name of a closure in an inlined function names both functions; `A.B.func1` may also be one of a method.
      if (secondDot < 0) return;
    }
    this.lines.add(method, firstEnd);
  }
}

/** Whether the rest of a name has no more components of a path, no type arguments, and nothing that is in no name. */
function isPlain(bytes: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte <= space || byte === remove || byte === bracket || byte === slash) return false;
  }
  return true;
}

function isAt(bytes: Buffer, start: number, expected: Buffer): boolean {
  for (let index = expected.length - 1; index >= 0; index -= 1) {
    if (bytes[start + index] !== expected[index]) return false;
  }
  return true;
}

/** `type:.eq.…` and `go:buildid` are no functions of a package; before Go 1.20 these had a dot. */
const generated = /^(?:type:|go:|type\.\.)/;
// The names are bytes of UTF-8 here, one character each.
const unusable = /[\u0000-\u0020\u007f]/;

/** `Map[...]` is `Map`. Brackets may be nested, and there may be several. */
function withoutTypeArguments(name: string): string {
  let depth = 0;
  let plain = '';
  let from = 0;
  for (let at = 0; at < name.length; at += 1) {
    const character = name[at];
    if (character === '[') {
      if (depth === 0) plain += name.slice(from, at);
      depth += 1;
    } else if (character === ']' && depth > 0) {
      depth -= 1;
      if (depth === 0) from = at + 1;
    }
  }
  return depth > 0 ? plain : plain + name.slice(from);
}

/** The linker escapes dots of the last component, among others: `gopkg.in/yaml%2ev3`. */
function unescapedPath(path: string): string {
  if (!path.includes('%')) return path;
  return path.replace(/%([0-9a-f]{2})/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
}

/** Parts of names of closures, of wrappers for `go` and `defer`, and of the numbered functions `init`. */
const derived = /^(?:|\(.*|\d+|func\d+|gowrap\d+|deferwrap\d+)$/;

function isDerived(bytes: Buffer, start: number, end: number): boolean {
  // Nearly all begin with another letter.
  const first = bytes[start] ?? 0;
  if (end > start && first >= 0x41 && first !== 0x64 && first !== 0x66 && first !== 0x67) return false;
  return derived.test(bytes.toString('latin1', start, end));
}
