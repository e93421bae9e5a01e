import { existsSync, readFileSync } from 'node:fs';
import { ClarionError, nearestWord, yesOrNo, yesOrNoWords } from '@clarion/model';
import { Option, type Command } from 'commander';

/** Options every command has. */
export interface CommonSettings {
  readonly db: string;
  readonly quiet?: boolean;
  readonly jsonErrors?: boolean;
  /** The given path of the configuration file. */
  readonly config?: string;
  /** `feeds:` of the configuration file, unchecked; `configuredFeeds` reads it. */
  readonly feeds?: unknown;
}

/**
 * A command-line option with its environment variable: `--fail-on` and `CLARION_FAIL_ON`, `--no-match` and
 * `CLARION_NO_MATCH`. An empty variable counts as not set. `variable` is one that does not follow from the name of
 * the option.
 */
export function flag(flags: string, description: string, variable?: string): Option {
  const option = new Option(flags, description);
  if (variable !== undefined) withVariable(option, variable);
  const twin = variableOf(option);
  const value = process.env[twin] ?? '';
  if (value === '' && twin in process.env) return option;
  // The library treats any value of the variable as yes: `no` is hidden from it, and `refuseUnclear` rejects the
  // rest.
  if (!takesValue(option) && yesOrNo(value) === false) return option;
  return option.env(twin);
}

const variables = new WeakMap<Option, string>();

/** The option, with a variable that does not follow from its name. It is not read here. */
export function withVariable(option: Option, variable: string): Option {
  variables.set(option, variable);
  return option;
}

/** The environment variable of an option. */
export function variableOf(option: Option): string {
  return variables.get(option) ?? `CLARION_${option.name().replaceAll('-', '_').toUpperCase()}`;
}

const keys = new WeakMap<Option, string>();

/**
 * The option, with a variable and a key of `clarion.yaml` that begin with the name of its command, as an option of
 * another command has the same name and another meaning.
 */
export function ofCommand(command: string, option: Option): Option {
  const name = option.attributeName();
  keys.set(option, `${command}${name.charAt(0).toUpperCase()}${name.slice(1)}`);
  return option;
}

/** The key of an option in the configuration file. */
function keyOf(option: Option): string {
  return keys.get(option) ?? option.attributeName();
}

/** Whether a value follows the option; one without a value means yes, or no if it starts with `--no-`. */
export function takesValue({ required, optional }: Option): boolean {
  return required || optional;
}

/** Rejects variables of the command's yes-or-no options with any other value. Throws `invalid-input`. */
export function refuseUnclear(action: Command): void {
  for (let command: Command | null = action; command !== null; command = command.parent) {
    for (const option of command.options) {
      const { envVar } = option;
      // An option and the one that negates it have the same value, each its own variable.
      if (envVar === undefined || takesValue(option) || !(envVar in process.env)) continue;
      if (command.getOptionValueSource(option.attributeName()) !== 'env') continue;
      const text = process.env[envVar] ?? '';
      if (yesOrNo(text) !== undefined) continue;
      throw new ClarionError('invalid-input', `${envVar} must be true or false, not ${JSON.stringify(text)}`, {
        remedy: `write one of ${yesOrNoWords}, or remove it`,
      });
    }
  }
}

const valuesOfOptions = new WeakMap<Option, readonly string[]>();

/** The option, with the values that completion offers for it; other values are validated where the option is read. */
export function withValues(option: Option, values: readonly string[]): Option {
  valuesOfOptions.set(option, values);
  return option;
}

/** The values that completion offers for an option; empty for one with any value. */
export function valuesOf(option: Option): readonly string[] {
  return valuesOfOptions.get(option) ?? [];
}

/** Whether an option takes several values, separated by commas. */
export function isList({ flags }: Option): boolean {
  return flags.endsWith('<list>');
}

const units: Readonly<Record<string, number>> = { s: 1 / 60, m: 1, h: 60, d: 1440, w: 10_080 };

/** Minutes of a duration such as `30m`, `12h` or `7d`. Throws `invalid-input` otherwise. */
export function parseMinutes(text: string): number {
  const match = /^(\d{1,6})([smhdw])$/.exec(text);
  const unit = units[match?.[2] ?? ''];
  if (match?.[1] === undefined || unit === undefined) {
    throw new ClarionError('invalid-input', `"${text}" is not a duration`, {
      remedy: 'write for example 30m, 12h or 7d',
    });
  }
  return Number(match[1]) * unit;
}

/** Characters; the time to find duplicate keys grows with the square of their number. */
const maxConfigFile = 64 * 1024;

/** The file that options are read from: `--config`, else `clarion.yaml` in the working directory if it exists. */
async function readConfigFile(named: string | undefined): Promise<Map<string, unknown>> {
  const path = named ?? 'clarion.yaml';
  if (named === undefined && !existsSync(path)) return new Map();
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new ClarionError('not-found', `The configuration file ${path} cannot be read`, {
      cause,
      remedy: 'check the path and its permissions',
    });
  }
  if (text.length > maxConfigFile) {
    throw new ClarionError(
      'limit-exceeded',
      `The configuration file ${path} has more than ${maxConfigFile} characters`,
    );
  }
  const { parseDocument } = await import('yaml');
  const document = parseDocument(text);
  const problem = document.errors[0];
  if (problem !== undefined)
    throw new ClarionError('invalid-input', `${path}: ${problem.message.split('\n')[0] ?? ''}`);
  const value: unknown = document.toJS({ maxAliasCount: 100 });
  if (value === null || value === undefined) return new Map();
  if (typeof value !== 'object' || Array.isArray(value)) {
    throw new ClarionError('invalid-input', `${path} is not a list of "option: value" lines`);
  }
  return new Map(Object.entries(value));
}

function fileValue(option: Option, value: unknown): unknown {
  if (!takesValue(option)) {
    if (typeof value === 'boolean') return value;
    throw new ClarionError(
      'invalid-input',
      `Configuration key "${keyOf(option)}" is true or false, not ${JSON.stringify(value)}`,
    );
  }
  const text = textOf(option, value);
  return option.parseArg === undefined ? text : option.parseArg(text, undefined as never);
}

/** A value as on the command line; an option with several values may have a list. */
function textOf(option: Option, value: unknown): string {
  if (isScalar(value)) return String(value);
  const key = keyOf(option);
  if (!isList(option)) {
    throw new ClarionError('invalid-input', `Configuration key "${key}" is a text, not ${JSON.stringify(value)}`);
  }
  if (Array.isArray(value) && value.every(isScalar) && !value.some((one) => String(one).includes(','))) {
    return value.join(',');
  }
  throw new ClarionError(
    'invalid-input',
    `Configuration key "${key}" is a list of texts, not ${JSON.stringify(value)}`,
    {
      remedy: `write for example ${key}: [one, two]`,
    },
  );
}

const isScalar = (value: unknown): value is string | number => typeof value === 'string' || typeof value === 'number';

/** Every option name of all commands: any other key is a typing mistake and rejected. */
function knownKeys(root: Command): Set<string> {
  const keys = new Set(root.options.map(keyOf));
  for (const command of root.commands) for (const key of knownKeys(command)) keys.add(key);
  return keys;
}

/** The only key that is not an option: a map, which no flag could express. */
const feedsKey = 'feeds';

function keyRemedy(key: string, known: readonly string[]): string {
  const meant = nearestWord(key, known);
  return meant === undefined ? `known keys: ${[...known].sort().join(', ')}` : `did you mean ${meant}?`;
}

/** Sets options that neither flag nor environment gave from the configuration file. Precedence: flag > env > file. */
export async function applyConfigFile(root: Command, action: Command): Promise<void> {
  const file = await readConfigFile(root.getOptionValue('config') as string | undefined);
  if (file.size === 0) return;
  const known = knownKeys(root);
  for (const key of file.keys()) {
    if (known.has(key) || key === feedsKey) continue;
    throw new ClarionError('invalid-input', `Configuration key "${key}" is unknown`, {
      remedy: keyRemedy(key, [...known, feedsKey]),
    });
  }
  if (file.has(feedsKey)) root.setOptionValueWithSource(feedsKey, file.get(feedsKey), 'config');
  for (let command: Command | null = action; command !== null; command = command.parent) {
    for (const option of command.options) {
      const name = option.attributeName();
      const source = command.getOptionValueSource(name);
      const key = keyOf(option);
      const value = file.get(key);
      // An empty list means the same as a missing key.
      if (Array.isArray(value) && value.length === 0 && isList(option)) continue;
      if (file.has(key) && (source === undefined || source === 'default')) {
        command.setOptionValueWithSource(name, fileValue(option, value), 'config');
      }
    }
  }
}
