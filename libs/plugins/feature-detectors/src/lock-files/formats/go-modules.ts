import type { WorkBudget } from '@clarion/model';
import type { LockFile } from '../lock-file';
import type { LockFormat } from '../lock-format';
import { decodeLockText, linesOf } from '../lock-text';

/**
 * Modules of a Go project (https://go.dev/ref/mod#go-mod-file). From Go 1.17 on, the file has all modules that are
 * needed; before, only those that are required directly, and `go.sum` has the others.
 */
export const goModules: LockFormat = {
  type: 'golang',
  names: ['go.mod'],
  notBelow: ['vendor'],
  read(file) {
    const { modules, isModule } = parseGoMod(file.text(), file.budget);
    if (!isModule) {
      file.reject('it has no module directive');
      return;
    }
    for (const { name, version } of modules) if (!file.list(name, version)) return;
  },
};

/** Checksums of modules: only read where `go.mod` does not list all of them, or does not exist. */
export const goSums: LockFormat = {
  type: 'golang',
  names: ['go.sum'],
  notBelow: ['vendor'],
  read(file) {
    const beside = file.beside('go.mod');
    const mod = beside && parseGoMod(decodeLockText(beside.content), file.budget);
    if (mod?.isComplete === true) return;
    const listed = new Set(mod?.required);
    for (const [name, version] of latestSums(file)) {
      if (!listed.has(name) && !file.list(name, version)) return;
    }
  },
};

interface GoModule {
  readonly name: string;
  readonly version: string;
}

interface GoMod {
  readonly isModule: boolean;
  /** Whether it lists all modules that are needed. */
  readonly isComplete: boolean;
  /** Without those that a directory replaces. */
  readonly modules: readonly GoModule[];
  /** Names of required modules, also of replaced ones. */
  readonly required: readonly string[];
}

function parseGoMod(text: string, budget: WorkBudget): GoMod {
  const required = new Map<string, string>();
  const replaced = new Map<string, Partial<GoModule>>();
  let isModule = false;
  let release = 0;
  for (const [directive, ...words] of directives(text, budget)) {
    if (directive === 'module') isModule = true;
    else if (directive === 'go') release = minorRelease(words[0]);
    else if (directive === 'require' && words[0] !== undefined) required.set(words[0], words[1] ?? '');
    else if (directive === 'replace') addReplacement(replaced, words);
  }
  const modules = [...required].flatMap(([name, version]): GoModule[] => {
    const by = replaced.get(`${name}@${version}`) ?? replaced.get(name);
    if (by === undefined) return [{ name, version }];
    // A directory replaces it.
    return by.name === undefined || by.version === undefined ? [] : [{ name: by.name, version: by.version }];
  });
  return { isModule, isComplete: release >= 17, modules, required: [...required.keys()] };
}

/** The second number of Go 1; Go 2 would list all modules too. */
function minorRelease(version = ''): number {
  const [major, minor] = version.split('.').map(Number);
  return major === 1 ? (minor ?? 0) : (major ?? 0) > 1 ? Infinity : 0;
}

/** `old [version] => new [version]`. */
function addReplacement(replaced: Map<string, Partial<GoModule>>, words: readonly string[]): void {
  const arrow = words.indexOf('=>');
  const [name, version] = words.slice(0, Math.max(arrow, 0));
  const [by, byVersion] = words.slice(arrow + 1);
  if (name === undefined || by === undefined) return;
  const module = byVersion === undefined ? {} : { name: by, version: byVersion };
  replaced.set(version === undefined ? name : `${name}@${version}`, module);
}

/** The words of each directive; those in a block begin with its name. */
function* directives(text: string, budget: WorkBudget): Generator<readonly string[]> {
  let block: string | undefined;
  for (const line of linesOf(text, budget)) {
    const comment = line.indexOf('//');
    const words = (comment < 0 ? line : line.slice(0, comment)).trim().split(/\s+/).map(withoutQuotes);
    const [first] = words;
    if (first === '' || first === undefined) continue;
    if (block !== undefined) {
      if (first === ')') block = undefined;
      else yield [block, ...words];
    } else if (words[1] === '(') block = first;
    else yield words;
  }
}

function withoutQuotes(word: string): string {
  return /^(["`]).*\1$/.test(word) ? word.slice(1, -1) : word;
}

/** The last version of each module, which is the highest: Go sorts the file. */
function latestSums(file: LockFile): ReadonlyMap<string, string> {
  const latest = new Map<string, string>();
  let others = 0;
  for (const line of linesOf(file.text(), file.budget)) {
    const [, name, version] = /^(\S+) (v\S+) h1:\S+$/.exec(line.trim()) ?? [];
    if (name === undefined || version === undefined) others += line.trim() === '' ? 0 : 1;
    // Of modules that only take part in choosing versions, the file itself was needed.
    else if (!version.endsWith('/go.mod')) latest.set(name, version);
  }
  if (others > 0) file.note('bad-record', `${others} lines are not checksums of modules`);
  return latest;
}
