import { encodeUnknownFunctions } from '@clarion/ecosystems';
import { decodeText, problemList } from '@clarion/file-formats';
import { type Feature, partsOf, type WantedFile, type WorkBudget } from '@clarion/model';
import type { ParsedPackages } from '../parsed';
import { isUsableText, quoted } from '../usable-text';
import { type GoBuild, readBuild } from './build-info';
import { type FunctionRoom, functionsOfModules } from './linked-packages';

interface ParseOptions {
  readonly budget: WorkBudget;
  /** Shared by all programs of a layer. */
  readonly room: FunctionRoom;
}

/** The texts of one program; a universal binary has one for each architecture. */
interface GoProgram {
  readonly build: GoBuild;
  /** Undefined where it does not show its functions. */
  readonly functions: Uint8Array | undefined;
}

type Module = GoBuild['modules'][number];

/** The packages of one program; of a universal binary, those of all architectures, each once. */
export function parseGoBinary(file: WantedFile, { budget, room }: ParseOptions): ParsedPackages {
  const { note, problems } = problemList(file.path);
  const programs = programsIn(file, budget);
  const found = new Map<string, Feature>();
  for (const module of programs.flatMap(({ build }) => build.modules)) {
    const { name, version } = module;
    const key = keyOf(module);
    if (found.has(key)) continue;
    if (!isUsableText(name) || !isUsableText(version)) {
      note('bad-record', `The module ${quoted(name)} has no version, or an endless one`);
    } else if (budget.keep()) {
      found.set(key, { type: 'golang', name, version, path: file.path });
    } else break;
  }
  const functions = linkedFunctions(programs, room);
  if (functions === 'too many')
    note('limit-reached', `${file.path}: which functions are linked was not read: too many`);
  const platform = platformAlone(programs);
  const features = [...found].map(([key, feature]) => {
    const linked = (typeof functions === 'string' ? undefined : functions.get(key)) ?? platform;
    return linked === undefined ? feature : { ...feature, linkedFunctions: linked };
  });
  return { features, problems: problems() };
}

function keyOf({ name, version }: Pick<Module, 'name' | 'version'>): string {
  return `${name}\0${version}`;
}

function programsIn(file: WantedFile, budget: WorkBudget): readonly GoProgram[] {
  const programs = new Map<string, Map<string, Uint8Array>>();
  for (const { name, within, content } of partsOf(file)) {
    const known = programs.get(within) ?? new Map<string, Uint8Array>();
    programs.set(within, known.set(name, content));
  }
  return [...programs.values()].map((parts) => {
    const text = (name: string): string => decodeText(parts.get(name) ?? new Uint8Array());
    const build = readBuild({ version: text('version'), lines: text('modules') }, budget);
    return { build, functions: parts.get('functions') };
  });
}

/**
 * The functions of each module. Of a module that several architectures have, the sets cannot be joined, and where one
 * does not show its functions nothing is known: only a file of one architecture has them.
 */
function linkedFunctions(programs: readonly GoProgram[], room: FunctionRoom): ReadonlyMap<string, string> | 'too many' {
  const [program, ...others] = programs;
  if (program?.functions === undefined || others.length > 0) return new Map();
  const modules = program.build.modules.map((module) => ({ ...module, key: keyOf(module) }));
  return functionsOfModules(program.functions, modules, { program: program.build, room }) ?? 'too many';
}

/** What is known where functions are not: a stripped program still says what it was built for. */
function platformAlone(programs: readonly GoProgram[]): string | undefined {
  const [program, ...others] = programs;
  return program === undefined || others.length > 0 ? undefined : encodeUnknownFunctions(program.build.platform);
}
