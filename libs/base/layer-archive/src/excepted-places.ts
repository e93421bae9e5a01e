import { compileGlob } from './glob';

interface ExceptionRule {
  /** What every path that matches contains. */
  readonly part: string;
  readonly matches: (path: string) => boolean;
  readonly excepted: boolean;
}

/**
 * Compiles `FileFilter.except`. Nearly all paths contain none of the names that the globs have: they are compared with
 * nothing else.
 */
export function compileExceptions(globs: readonly string[]): (path: string) => boolean {
  const rules = globs.map(ruleOf).toReversed();
  const parts = [...new Set(rules.flatMap(({ part, excepted }) => (excepted ? [part] : [])))];
  const shortest = parts.filter((part) => !parts.some((other) => other !== part && part.includes(other)));
  // In one pass, whatever their number is.
  const anyPart = new RegExp(shortest.map((part) => part.replace(/[^\w/]/g, String.raw`\$&`)).join('|'));
  return (path) =>
    anyPart.test(path) && rules.find(({ part, matches }) => path.includes(part) && matches(path))?.excepted === true;
}

function ruleOf(glob: string): ExceptionRule {
  const excepted = !glob.startsWith('!') || glob.startsWith('!(');
  const pattern = excepted ? glob : glob.slice(1);
  return { part: shortestPart(pattern), matches: compileGlob(pattern), excepted };
}

/** Short names are the rarer ones, and so are later ones: `test` and `__fixtures__` beside `node_modules`. */
function shortestPart(glob: string): string {
  const parts = glob
    .split('/')
    .map((component) => (component.startsWith('!(') ? '' : component.slice(0, `${component}*`.indexOf('*'))))
    .filter((part) => part !== '');
  return parts.reduce((a, b) => (b.length <= a.length ? b : a), parts[0] ?? '');
}
