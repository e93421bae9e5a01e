/**
 * Globs over whole paths: `*` matches any text within one component, the component `**` any number of components (at
 * the end at least one, so `a/**` does not match `a`). The component `!(a|b)` matches what none of the globs in it does.
 */

/** Whether a component of a glob, or a whole glob, is not literal. */
export function hasWildcard(text: string): boolean {
  return text.includes('*');
}

/** Compiles a glob. The test takes time linear in the path for each `**` of the glob, whatever the path is. */
export function compileGlob(glob: string): (path: string) => boolean {
  const components = glob.split('/');
  if (components.at(-1) === '**') components.push('*');
  const pattern = components.map(compileComponent);
  const startsAnywhere = pattern[0] === undefined;
  const tests = (startsAnywhere ? pattern.slice(1) : pattern).toReversed();
  if (tests.every((test) => test !== undefined)) return (path) => matchFromEnd(tests, startsAnywhere, path);
  // The last component of a glob matches the last one of a path; for most paths this check is enough.
  const isName = pattern.at(-1);
  return (path) =>
    isName?.(path, path.lastIndexOf('/') + 1, path.length) !== false && matchComponents(pattern, path.split('/'));
}

/** Whether the component of a path from `from` to before `to` matches. Most paths are compared without taking them apart. */
type ComponentMatch = (path: string, from: number, to: number) => boolean;

/** Undefined means `**`. */
type ComponentTest = ComponentMatch | undefined;

function compileComponent(component: string): ComponentTest {
  if (component === '**') return undefined;
  if (component === '*') return () => true;
  if (component.startsWith('!(') && component.endsWith(')')) {
    const others = component.slice(2, -1).split('|').map(compileComponent);
    return (path, from, to) => !others.some((matches) => matches?.(path, from, to) !== false);
  }
  const [first = '', ...rest] = component.split(/\*+/);
  const [last = ''] = rest;
  switch (rest.length) {
    case 0:
      return (path, from, to) => to - from === first.length && path.startsWith(first, from);
    case 1:
      return (path, from, to) =>
        to - from >= first.length + last.length &&
        path.startsWith(first, from) &&
        path.startsWith(last, to - last.length);
    default:
      return (path, from, to) => matchPieces(path.slice(from, to), first, rest);
  }
}

/** The tests are for the last component first; `startsAnywhere` if any components may come before. */
function matchFromEnd(tests: readonly ComponentMatch[], startsAnywhere: boolean, path: string): boolean {
  let end = path.length;
  for (const test of tests) {
    if (end < 0) return false;
    const slash = slashBefore(path, end);
    if (!test(path, slash + 1, end)) return false;
    end = slash;
  }
  return startsAnywhere || end < 0;
}

/** The index of the last slash before `end`; -1 without one. Components are short: a call of `lastIndexOf` takes longer. */
export function slashBefore(path: string, end: number): number {
  let at = end - 1;
  while (at >= 0 && path.charCodeAt(at) !== slashCode) at -= 1;
  return at;
}

const slashCode = 0x2f;

/** Each piece after a `*` is searched as far left as possible; the last one must end the text. */
function matchPieces(text: string, first: string, rest: readonly string[]): boolean {
  if (!text.startsWith(first)) return false;
  let at = first.length;
  for (const piece of rest.slice(0, -1)) {
    const found = text.indexOf(piece, at);
    if (found < 0) return false;
    at = found + piece.length;
  }
  const last = rest.at(-1) ?? '';
  return text.length - last.length >= at && text.endsWith(last);
}

/** The same for components and `**`: on a mismatch only the last `**` takes one more component. */
function matchComponents(pattern: readonly ComponentTest[], components: readonly string[]): boolean {
  let at = 0;
  let next = 0;
  let retryPattern = -1;
  let retryAt = 0;
  while (at < components.length) {
    const test = pattern[next];
    if (next < pattern.length && test === undefined) {
      retryPattern = ++next;
      retryAt = at;
    } else if (test?.(components[at] ?? '', 0, (components[at] ?? '').length) === true) {
      at += 1;
      next += 1;
    } else if (retryPattern >= 0) {
      next = retryPattern;
      at = ++retryAt;
    } else return false;
  }
  while (next < pattern.length && pattern[next] === undefined) next += 1;
  return next === pattern.length;
}
