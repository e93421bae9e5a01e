import { ClarionError } from '@clarion/model';

/**
 * Names of functions by the import path of their package, as advisories write them: `Client.Do` for a method, whether
 * or not its receiver is a pointer. Only the package of the program itself is called `main`.
 */
export type GoFunctionNames = ReadonlyMap<string, readonly string[]>;

const mostNames = 2_000_000;
/** A longer name is that of no function that a person wrote. */
const longestName = 4096;
const namesBetweenChecks = 10_000;

/**
 * Groups names that each end with a NUL. What a compiler derives from a function (closures, wrappers, instances of
 * generic functions) counts as that function. Throws `limit-exceeded`, and what `check` throws.
 */
export function groupFunctionNames(texts: Buffer, check?: () => void): GoFunctionNames {
  const groups = new Map<string, string[]>();
  let count = 0;
  for (let at = 0; at < texts.length;) {
    const nul = texts.indexOf(0, at);
    const end = nul < 0 ? texts.length : nul;
    if (end > at && end - at <= longestName) {
      count += 1;
      if (count > mostNames) throw new ClarionError('limit-exceeded', `it has more than ${mostNames} functions`);
      if (count % namesBetweenChecks === 0) check?.();
      add(groups, texts.toString('latin1', at, end));
    }
    at = end + 1;
  }
  for (const [name, symbols] of groups) groups.set(name, [...new Set(symbols)]);
  return groups;
}

/** `type:.eq.…` and `go:buildid` are no functions of a package; before Go 1.20 these had a dot. */
const generated = /^(?:type:|go:|type\.\.)/;
// The names are bytes of UTF-8 here, one character each.
const unusable = /[\u0000-\u0020\u007f]/;

function add(groups: Map<string, string[]>, name: string): void {
  const plain = name.includes('[') ? withoutTypeArguments(name) : name;
  const dot = plain.indexOf('.', plain.lastIndexOf('/') + 1);
  if (dot <= 0 || generated.test(plain)) return;
  const path = unescapedPath(plain.slice(0, dot));
  if (unusable.test(path) || unusable.test(plain)) return;
  const known = groups.get(path);
  const symbols = known ?? [];
  if (known === undefined) groups.set(path, symbols);
  addSymbols(symbols, plain.slice(dot + 1));
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

function addSymbols(symbols: string[], name: string): void {
  const method = name.startsWith('(') ? name.replace(/^\(\*?([^)]*)\)/, '$1') : name;
  // `Client.Do-fm` is the value of a method, `Each-range1` the body of a loop.
  const dash = method.indexOf('-');
  const [first = '', second, third] = (dash < 0 ? method : method.slice(0, dash)).split('.', 3);
  if (first === '') return;
  if (second === undefined || derived.test(second)) {
    symbols.push(first);
    return;
  }
  symbols.push(`${first}.${second}`);
  // The name of a closure in an inlined function names both functions; `A.B.func1` may also be one of a method.
  if (third !== undefined) symbols.push(first);
}
