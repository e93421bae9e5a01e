import { posix } from 'node:path';
import type { WorkBudget } from '@clarion/model';
import type { LockFile } from '../lock-file';
import type { LockFormat } from '../lock-format';
import { linesOf } from '../lock-text';

/** Requirements of pip (https://pip.pypa.io/en/stable/reference/requirements-file-format/): only exact versions. */
export const requirements: LockFormat = {
  type: 'pypi',
  names: ['requirements*.txt', '*requirements.txt', 'requirements/*.txt'],
  read(file) {
    for (const line of logicalLines(file.text(), file.budget)) {
      const text = line.replace(/(?:^|\s)#.*$/, '').trim();
      if (text === '') continue;
      if (text.startsWith('-')) {
        readOption(text, file);
        continue;
      }
      const [, name, specifiers = ''] = /^([A-Za-z0-9][\w.-]*)\s*(?:\[[^\]]*\])?(.*)$/.exec(text) ?? [];
      const version = exactVersion(specifiers);
      if (name === undefined || version === undefined) file.listVague(name ?? text);
      else if (!file.list(name, version)) return;
    }
  },
};

/**
 * Other files, and packages from a directory or a repository. Constraints (`-c`) install nothing, and other options are
 * about the index.
 */
function readOption(text: string, file: LockFile): void {
  const included = valueOf(text, '-r', '--requirement');
  if (included !== undefined && !isReadItself(included, file)) file.includesUnread(included);
  const editable = valueOf(text, '-e', '--editable');
  // A directory is of the project itself.
  if (editable?.includes('://') === true) file.listVague(eggOf(editable) ?? editable);
}

/** `-r x`, `-rx`, `--requirement x` and `--requirement=x`. */
function valueOf(text: string, short: string, long: string): string | undefined {
  if (text.startsWith(long))
    return /^[\s=]/.test(text.slice(long.length)) ? text.slice(long.length + 1).trim() : undefined;
  return text.startsWith(short) ? text.slice(short.length).trim() : undefined;
}

const readWhereverItIs = /(?:^|\/)(?:requirements[^/]*\.txt|[^/]*requirements\.txt|requirements\/[^/]+\.txt)$/;

/** Files of these names are read wherever they are. */
function isReadItself(included: string, { file }: LockFile): boolean {
  return !included.includes('://') && readWhereverItIs.test(posix.join(posix.dirname(file.path), included));
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

/** Lines that end with a backslash continue on the next one. */
function* logicalLines(text: string, budget: WorkBudget): Generator<string> {
  let open: string[] = [];
  for (const line of linesOf(text, budget)) {
    if (line.endsWith('\\')) open.push(line.slice(0, -1));
    else {
      yield open.length === 0 ? line : [...open, line].join('');
      open = [];
    }
  }
  if (open.length > 0) yield open.join('');
}
