import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';

import { ClarionError } from '@clarion/model';

import type { ConfigOf, ServiceSetting, ServiceSettings } from './setting';

/** The environment, as `process.env` has it. */
export type ProcessEnvironment = Readonly<Record<string, string | undefined>>;

export interface ReadConfig<S extends ServiceSettings> {
  readonly config: ConfigOf<S>;
  /** One sentence for each oddity that is not an error, such as an unused variable. Contains no secrets. */
  readonly warnings: readonly string[];
}

const largestSecretFile = 64 * 1024;

/**
 * Reads all settings from the environment. An empty variable counts as not set. Throws one `invalid-input` that names
 * every wrong or missing variable and describes valid values; it never contains secrets.
 */
export function readConfig<S extends ServiceSettings>(
  settings: S,
  env: ProcessEnvironment = process.env,
): ReadConfig<S> {
  const values: Record<string, unknown> = {};
  const errors: string[] = [];
  for (const [name, setting] of Object.entries(settings)) {
    const read = readSetting(setting, env);
    if ('error' in read) errors.push(read.error);
    else values[name] = read.value;
  }
  if (errors.length > 0) {
    throw new ClarionError('invalid-input', `Wrong configuration: ${errors.join('; ')}`, {
      remedy: 'set these environment variables; docs/configuration.md lists all of them',
    });
  }
  return { config: values as ConfigOf<S>, warnings: unknownVariables(settings, env) };
}

type Read = { readonly value: unknown } | { readonly error: string };

function readSetting(setting: ServiceSetting<unknown>, env: ProcessEnvironment): Read {
  const given = givenText(setting, env);
  if ('error' in given) return given;
  const text = given.value ?? setting.default;
  if (text === undefined) {
    if (setting.optional) return { value: undefined };
    const other = setting.secret ? ` (or ${setting.env}_FILE)` : '';
    return { error: `${setting.env}${other} is missing: ${setting.about}` };
  }
  const parsed = setting.schema.safeParse(text);
  if (parsed.success) return { value: parsed.data };
  // The message of a schema issue may contain the given value.
  const issue = setting.secret ? 'is not valid' : (parsed.error.issues[0]?.message ?? 'is not valid');
  return { error: `${setting.env} ${issue}` };
}

function givenText(
  setting: ServiceSetting<unknown>,
  env: ProcessEnvironment,
): { value: string | undefined } | { error: string } {
  const direct = presence(env[setting.env]);
  const file = setting.secret ? presence(env[`${setting.env}_FILE`]) : undefined;
  if (file === undefined) return { value: direct };
  if (direct !== undefined) return { error: `${setting.env} and ${setting.env}_FILE are both set: leave one of them` };
  try {
    return { value: presence(readSecretFile(file)) };
  } catch (error) {
    const reason = error instanceof ClarionError ? error.message : (error as NodeJS.ErrnoException).code;
    return { error: `${setting.env}_FILE cannot be read: ${reason ?? 'unknown reason'}` };
  }
}

/** The content of a file with a secret (at most 64 KiB), without the line break at its end. */
export function readSecretFile(path: string): string {
  const file = openSync(path, 'r');
  try {
    const { size } = fstatSync(file);
    if (size > largestSecretFile)
      throw new ClarionError('limit-exceeded', `it has ${size} bytes, at most 64 KiB are read`);
    return readFileSync(file, 'utf8').replace(/\r?\n$/, '');
  } finally {
    closeSync(file);
  }
}

function presence(text: string | undefined): string | undefined {
  return text === '' ? undefined : text;
}

/** Kubernetes sets `CLARION_NATS_PORT=tcp://…` and the like for every service of the name space. */
const setByKubernetes = /_(SERVICE_HOST|SERVICE_PORT(_[A-Z0-9_]+)?|PORT(_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)?)$/;

function unknownVariables(settings: ServiceSettings, env: ProcessEnvironment): string[] {
  const known = new Set<string>();
  for (const { env: name, secret } of Object.values(settings)) {
    known.add(name);
    if (secret) known.add(`${name}_FILE`);
  }
  return Object.keys(env)
    .filter((name) => name.startsWith('CLARION_') && !known.has(name) && !setByKubernetes.test(name))
    .sort()
    .map((name) => {
      const near = [...known].find((candidate) => distance(candidate, name) <= 2);
      return `${name} is set, but nothing reads it${near === undefined ? '' : `; is ${near} meant?`}`;
    });
}

/** Levenshtein distance of two short names. */
function distance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 2) return 3;
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
