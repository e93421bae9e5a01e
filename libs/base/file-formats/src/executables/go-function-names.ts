import { ClarionError } from '@clarion/model';

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
        addName(lines, piece.toString('latin1', at, end));
      }
      at = end + 1;
    }
    start += at;
  }
  return lines;
}

/** The functions of each package, in the order in which packages were first named. */
export class FunctionLines {
  private readonly packages = new Map<string, { bytes: Buffer; length: number }>();

  add(path: string, name: string): void {
    let one = this.packages.get(path);
    if (one === undefined) this.packages.set(path, (one = { bytes: Buffer.alloc(64), length: 0 }));
    const needed = one.length + name.length + 1;
    if (needed > one.bytes.length) one.bytes = Buffer.concat([one.bytes], Math.max(needed, one.bytes.length * 2));
    one.bytes[one.length] = 0x09;
    one.bytes.write(name, one.length + 1, 'latin1');
    one.length = needed;
  }

  has(path: string, name: string): boolean {
    return this.namesOf(path).has(name);
  }

  /** The bytes of all lines, each ended by a line feed. */
  bytes(): Buffer {
    const lines: Buffer[] = [];
    for (const path of this.packages.keys()) {
      lines.push(Buffer.from(`${[path, ...this.namesOf(path)].join('\t')}\n`, 'latin1'));
    }
    return Buffer.concat(lines);
  }

  private namesOf(path: string): ReadonlySet<string> {
    const { bytes, length } = this.packages.get(path) ?? { bytes: Buffer.alloc(0), length: 0 };
    return new Set(length === 0 ? [] : bytes.toString('latin1', 1, length).split('\t'));
  }
}

/** `type:.eq.…` and `go:buildid` are no functions of a package; before Go 1.20 these had a dot. */
const generated = /^(?:type:|go:|type\.\.)/;
// The names are bytes of UTF-8 here, one character each.
const unusable = /[\u0000-\u0020\u007f]/;

function addName(lines: FunctionLines, name: string): void {
  const plain = name.includes('[') ? withoutTypeArguments(name) : name;
  const dot = plain.indexOf('.', plain.lastIndexOf('/') + 1);
  if (dot <= 0 || generated.test(plain)) return;
  const path = unescapedPath(plain.slice(0, dot));
  if (unusable.test(path) || unusable.test(plain)) return;
  addFunction(lines, path, plain.slice(dot + 1));
}

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

function addFunction(lines: FunctionLines, path: string, name: string): void {
  const method = name.startsWith('(') ? name.replace(/^\(\*?([^)]*)\)/, '$1') : name;
  // `Client.Do-fm` is the value of a method, `Each-range1` the body of a loop.
  const dash = method.indexOf('-');
  const [first = '', second, third] = (dash < 0 ? method : method.slice(0, dash)).split('.', 3);
  if (first === '') return;
  if (second === undefined || derived.test(second)) {
    lines.add(path, first);
    return;
  }
  lines.add(path, `${first}.${second}`);
  // The name of a closure in an inlined function names both functions; `A.B.func1` may also be one of a method.
  if (third !== undefined) lines.add(path, first);
}
