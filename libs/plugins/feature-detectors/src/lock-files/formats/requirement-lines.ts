import { posix } from 'node:path';
import type { WorkBudget } from '@clarion/model';
import { linesOf } from '../lock-text';

/** A package that is to be installed. */
export interface Requirement {
  /** Absent where only an address is given. */
  readonly name?: string;
  /** Absent where it is not exact. */
  readonly version?: string;
  readonly text: string;
}

/** A line of a requirements file: a package, or another file. */
export type RequirementLine =
  | (Requirement & { readonly kind: 'requirement' })
  | { readonly kind: 'requirements' | 'constraints'; readonly path: string };

/** The lines of a requirements file that are about packages. Other options are about the index. */
export function* requirementLines(text: string, budget: WorkBudget): Generator<RequirementLine> {
  for (const line of logicalLines(text, budget)) {
    const bare = line.replace(/(?:^|\s)#.*$/, '').trim();
    const found = bare === '' ? undefined : bare.startsWith('-') ? option(bare) : requirement(bare);
    if (found !== undefined) yield found;
  }
}

function requirement(text: string): RequirementLine {
  if (/^[a-z][a-z\d+.-]*:\/\//i.test(text)) return fromAddress(text);
  const [, name, specifiers = ''] = /^([A-Za-z0-9][\w.-]*)\s*(?:\[[^\]]*\])?(.*)$/.exec(text) ?? [];
  const version = exactVersion(specifiers);
  return {
    kind: 'requirement',
    text,
    ...(name === undefined ? {} : { name }),
    ...(name === undefined || version === undefined ? {} : { version }),
  };
}

/** Other files, and packages from a directory or a repository. */
function option(text: string): RequirementLine | undefined {
  const included = valueOf(text, '-r', '--requirement');
  if (included !== undefined) return { kind: 'requirements', path: included };
  const constraints = valueOf(text, '-c', '--constraint');
  if (constraints !== undefined) return { kind: 'constraints', path: constraints };
  const editable = valueOf(text, '-e', '--editable');
  // A directory is of the project itself.
  if (editable?.includes('://') !== true) return undefined;
  return fromAddress(editable);
}

/** A package of an archive or a repository somewhere: named where the address does, else the address without credentials. */
function fromAddress(text: string): RequirementLine {
  const [address = text] = text.split(/\s/, 1);
  return { kind: 'requirement', text: eggOf(address) ?? address.replace(/:\/\/[^/?#]*@/, '://') };
}

/** `-r x`, `-rx`, `--requirement x` and `--requirement=x`, where `x` may be in quotes. */
function valueOf(text: string, short: string, long: string): string | undefined {
  const word = text.startsWith(long) ? long : text.startsWith(short) ? short : undefined;
  if (word === undefined) return undefined;
  const rest = text.slice(word.length);
  if (word === long && !/^[\s=]/.test(rest)) return undefined;
  const [, double, single, bare] = /^[\s=]*(?:"([^"]*)"|'([^']*)'|(\S+))/.exec(rest) ?? [];
  return double ?? single ?? bare ?? '';
}

/**
 * The path of a file that is named in one at `path`, relative to the directory of that; undefined for an address, and
 * for what is not in the tree.
 */
export function fileNamedIn(path: string, named: string): string | undefined {
  if (named === '' || named.startsWith('/') || named.includes('://')) return undefined;
  const found = posix.join(posix.dirname(path), named);
  return found === '.' || /^\.\.(?:\/|$)/.test(found) ? undefined : found;
}

/** The name after the address of a repository: `#egg=name&subdirectory=x`. */
function eggOf(address: string): string | undefined {
  const parts = address.slice(address.indexOf('#') + 1).split('&');
  return parts.find((part) => part.startsWith('egg='))?.slice('egg='.length);
}

/** The version of `==1.0`, before a marker (`; python_version < "3"`) or options (`--hash=…`). */
function exactVersion(specifiers: string): string | undefined {
  const [versions = ''] = specifiers.split(/;|\s--/, 1);
  if (versions.includes('@')) return undefined;
  for (const specifier of versions.replace(/^\s*\(|\)\s*$/g, '').split(',')) {
    const version = /^\s*={2,3}\s*([^\s*]+)\s*$/.exec(specifier)?.[1];
    if (version !== undefined) return version;
  }
  return undefined;
}

/** Lines of one requirement: some packages have a hundred archives, each with its hash. */
const mostJoined = 10_000;

/** Lines that end with a backslash continue on the next one. */
function* logicalLines(text: string, budget: WorkBudget): Generator<string> {
  let open: string[] = [];
  for (const line of linesOf(text, budget)) {
    const isContinued = line.endsWith('\\');
    open.push(isContinued ? line.slice(0, -1) : line);
    if (isContinued && open.length < mostJoined) continue;
    yield open.join('');
    open = [];
  }
  if (open.length > 0) yield open.join('');
}
