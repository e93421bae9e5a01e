import type { WorkBudget } from '@clarion/model';
import type { LockFormat } from '../lock-format';
import { linesOf } from '../lock-text';

/** Requirements of pip (https://pip.pypa.io/en/stable/reference/requirements-file-format/): only exact versions. */
export const requirements: LockFormat = {
  type: 'pypi',
  names: ['requirements.txt'],
  read(file) {
    for (const line of logicalLines(file.text(), file.budget)) {
      const text = line.replace(/(?:^|\s)#.*$/, '').trim();
      if (text === '') continue;
      if (text.startsWith('-')) {
        // Other files of requirements, and packages from a directory or a repository.
        if (/^(?:-r|--requirement|-e|--editable)\b/.test(text)) file.listVague(text);
        continue;
      }
      const [, name, specifiers = ''] = /^([A-Za-z0-9][\w.-]*)\s*(?:\[[^\]]*\])?(.*)$/.exec(text) ?? [];
      const version = exactVersion(specifiers);
      if (name === undefined || version === undefined) file.listVague(name ?? text);
      else if (!file.list(name, version)) return;
    }
  },
};

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
