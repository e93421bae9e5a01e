import type { GoPlatform } from '@clarion/ecosystems';
import type { WorkBudget } from '@clarion/model';
import { versionOfFlags } from './linked-version';

/** The module of the distribution of Go itself: what its programs consist of is the standard library. */
const ownModules = new Set(['std', 'cmd']);
/** What Go writes for a module whose version it does not know. */
const unknownVersion = '(devel)';

interface Module {
  readonly name: string;
  readonly version: string;
  /** Of a module that replaces another one, the path of that one; '' for the standard library. */
  readonly importPath: string;
}

/** What the build information of a program says. */
export interface GoBuild {
  readonly modules: readonly Module[];
  /** Import path of the main package; '' where it is unknown. */
  readonly mainPath: string;
  readonly platform: GoPlatform;
}

interface BuildTexts {
  readonly version: string;
  readonly lines: string;
}

/** The standard library and the modules of a program; of a replaced one, what replaces it, unless that is a directory. */
export function readBuild({ version, lines }: BuildTexts, budget: WorkBudget): GoBuild {
  const modules: Module[] = [];
  const settings = new Map<string, string>();
  let main: number | undefined;
  let mainPath = '';
  for (const line of lines.split('\n')) {
    if (!budget.spend(1)) break;
    const [kind, name = '', moduleVersion = ''] = line.split('\t');
    if (kind === 'path') mainPath = name;
    if (kind === 'mod' || kind === 'dep') {
      if (kind === 'mod') main = modules.length;
      modules.push({ name, version: moduleVersion, importPath: name });
    } else if (kind === '=>') {
      const replaced = modules.at(-1);
      // The main module cannot be replaced.
      if (replaced !== undefined && modules.length - 1 !== main) {
        modules[modules.length - 1] = replacement(replaced, { name, version: moduleVersion });
      }
    } else if (kind === 'build') {
      const equals = name.indexOf('=');
      settings.set(name.slice(0, Math.max(equals, 0)), name.slice(equals + 1));
    }
  }
  const flags = settings.get('-ldflags') ?? '';
  const all = modules.flatMap((module, index) => (index === main ? mainModule(module, flags) : otherModule(module)));
  const platform = { os: platformWord(settings.get('GOOS')), architecture: platformWord(settings.get('GOARCH')) };
  return { modules: [...standardLibrary(version), ...all], mainPath, platform };
}

/** `go1.22.1 X:boringcrypto` is version 1.22.1. A development version stays as it is written. */
function standardLibrary(text: string): readonly Module[] {
  const version = text.trim();
  if (version === '') return [];
  const release = /^go(\d\S*)/.exec(version)?.[1];
  return [{ name: 'stdlib', version: release ?? version, importPath: '' }];
}

function mainModule(module: Module, flags: string): readonly Module[] {
  if (module.version !== unknownVersion && module.version !== '') return otherModule(module);
  const version = versionOfFlags(flags, module.name) ?? unknownVersion;
  return otherModule(module).map((one) => ({ ...one, version }));
}

function otherModule(module: Module): readonly Module[] {
  return ownModules.has(module.name) ? [] : [module];
}

/** What replaces a module. The path of a directory is no name of a module, and its version is unknown. */
function replacement(replaced: Module, by: Pick<Module, 'name' | 'version'>): Module {
  return isLocal(by) ? { ...replaced, version: unknownVersion } : { ...replaced, ...by };
}

function isLocal({ name, version }: Pick<Module, 'name' | 'version'>): boolean {
  return (version === '' || version === unknownVersion) && /^(?:\.{0,2}[/\\]|\.{1,2}$|[A-Za-z]:[/\\])/.test(name);
}

/** `linux`, `amd64`; '' for anything that is no such word. */
function platformWord(text = ''): string {
  return /^[a-z0-9]{1,20}$/.test(text) ? text : '';
}
