import { decodeText, problemList } from '@clarion/file-formats';
import { type Feature, partsOf, type WantedFile, type WorkBudget } from '@clarion/model';
import type { ParsedPackages } from '../parsed';
import { isUsableText, quoted } from '../usable-text';
import { versionOfFlags } from './linked-version';

/** The module of the distribution of Go itself: what its programs consist of is the standard library. */
const ownModules = new Set(['std', 'cmd']);
/** What Go writes for a module whose version it does not know. */
const unknownVersion = '(devel)';

interface Module {
  readonly name: string;
  readonly version: string;
}

/** The packages of one program; of a universal binary, those of all architectures, each once. */
export function parseGoBinary(file: WantedFile, budget: WorkBudget): ParsedPackages {
  const { note, problems } = problemList(file.path);
  const found = new Map<string, Feature>();
  for (const { name: part, content } of partsOf(file)) {
    const text = decodeText(content);
    const modules = part === 'version' ? standardLibrary(text) : part === 'modules' ? modulesOf(text, budget) : [];
    for (const { name, version } of modules) {
      const key = `${name}\0${version}`;
      if (found.has(key)) continue;
      if (!isUsableText(name) || !isUsableText(version)) {
        note('bad-record', `The module ${quoted(name)} has no version, or an endless one`);
      } else if (budget.keep()) {
        found.set(key, { type: 'golang', name, version, path: file.path });
      } else break;
    }
  }
  return { features: [...found.values()], problems: problems() };
}

/** `go1.22.1 X:boringcrypto` is version 1.22.1. A development version stays as it is written. */
function standardLibrary(text: string): readonly Module[] {
  const version = text.trim();
  if (version === '') return [];
  const release = /^go(\d\S*)/.exec(version)?.[1];
  return [{ name: 'stdlib', version: release ?? version }];
}

/** The modules in the lines of build information; of a replaced one, what replaces it. */
function modulesOf(text: string, budget: WorkBudget): readonly Module[] {
  const modules: Module[] = [];
  let main: number | undefined;
  let flags = '';
  for (const line of text.split('\n')) {
    if (!budget.spend(1)) break;
    const [kind, name = '', version = ''] = line.split('\t');
    if (kind === 'mod' || kind === 'dep') {
      if (kind === 'mod') main = modules.length;
      modules.push({ name, version });
    } else if (kind === '=>') {
      // The main module cannot be replaced.
      if (modules.length > 0 && modules.length - 1 !== main) modules[modules.length - 1] = { name, version };
    } else if (kind === 'build' && name.startsWith('-ldflags=')) {
      flags = name.slice('-ldflags='.length);
    }
  }
  return modules.flatMap((module, index) => {
    if (ownModules.has(module.name) || isLocal(module)) return [];
    if (index !== main || (module.version !== unknownVersion && module.version !== '')) return [module];
    return [{ name: module.name, version: versionOfFlags(flags, module.name) ?? unknownVersion }];
  });
}

/** A directory that replaces a module has no version, and its path is no name of a module. */
function isLocal({ name, version }: Module): boolean {
  return (version === '' || version === unknownVersion) && /^(?:\.{0,2}[/\\]|\.{1,2}$|[A-Za-z]:[/\\])/.test(name);
}
