import { yesOrNo, yesOrNoWords } from '@clarion/model';
import { z } from 'zod';

/** A schema that parses the text of an environment variable. */
export type TextSchema<T> = z.ZodType<T, string>;

/** One option of a service, and its environment variable. */
export interface ServiceSetting<T> {
  /** `CLARION_…`; a secret may also be in a file named by the variable with the suffix `_FILE`. */
  readonly env: string;
  readonly schema: TextSchema<NonNullable<T>>;
  /** One sentence for the reference, without full stop. */
  readonly about: string;
  /** As one would write it in the variable; it passes the same schema. */
  readonly default?: string;
  readonly optional?: boolean;
  readonly secret?: boolean;
}

export type ServiceSettings = Readonly<Record<string, ServiceSetting<unknown>>>;

/** The result of `readConfig` for a table of settings. */
export type ConfigOf<S extends ServiceSettings> = {
  readonly [K in keyof S]: S[K] extends ServiceSetting<infer T> ? T : never;
};

interface Described {
  readonly about: string;
  readonly secret?: boolean;
}

/** Declares an option: required unless it has a `default` or is `optional` (then `undefined` when not set). */
export function setting<T>(
  env: string,
  schema: TextSchema<T>,
  options: Described & { readonly optional: true },
): ServiceSetting<T | undefined>;
export function setting<T>(
  env: string,
  schema: TextSchema<T>,
  options: Described & { readonly default?: string },
): ServiceSetting<T>;
export function setting<T>(
  env: string,
  schema: TextSchema<T>,
  options: Described & { readonly default?: string; readonly optional?: boolean },
): ServiceSetting<T> {
  return { env, schema: schema as TextSchema<NonNullable<T>>, ...options };
}

/** Any text that is not empty. */
export const text = (): TextSchema<string> => z.string();

/** `true` or `false`, or another word of `yesOrNo`. */
export function flag(): TextSchema<boolean> {
  return z.string().transform((given, context) => {
    const value = yesOrNo(given);
    if (value !== undefined) return value;
    context.addIssue({ code: 'custom', message: `must be true or false (${yesOrNoWords} are understood)` });
    return z.NEVER;
  });
}

/** A whole number within inclusive limits. */
export function integer(bounds: { readonly min?: number; readonly max?: number } = {}): TextSchema<number> {
  const { min = 0, max = Number.MAX_SAFE_INTEGER } = bounds;
  return z
    .string()
    .regex(/^-?\d{1,16}$/, { error: 'must be a whole number' })
    .transform(Number)
    .refine((value) => value >= min && value <= max, { error: `must be from ${min} to ${max}` });
}

/** A share, from 0 to 1, both included. */
export function fraction(): TextSchema<number> {
  return z
    .string()
    .regex(/^(?:0|1|0?\.\d{1,9}|1\.0{1,9})$/, { error: 'must be a number from 0 to 1' })
    .transform(Number);
}

/** A TCP port; 0 lets the system choose. */
export const port = (): TextSchema<number> => integer({ min: 0, max: 65_535 });

/** Ports separated by commas. */
export function portList(): TextSchema<readonly number[]> {
  return list()
    .refine((ports) => ports.every((one) => /^\d{1,5}$/.test(one) && Number(one) > 0 && Number(one) < 65_536), {
      error: 'must be ports such as 8443,9000',
    })
    .transform((ports) => ports.map(Number));
}

const millisOf: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/** A time span as `250ms`, `30s`, `5m`, `2h`, `7d` or `4w`, in milliseconds. */
export function duration(): TextSchema<number> {
  return z
    .string()
    .regex(/^\d{1,9}(ms|s|m|h|d|w)$/, { error: 'must be a time span such as 250ms, 30s, 5m, 2h, 7d or 4w' })
    .transform((span) => {
      const unit = /[a-z]+$/.exec(span)?.[0] ?? '';
      return Number.parseInt(span, 10) * (millisOf[unit] ?? Number.NaN);
    });
}

const bytesOf: Readonly<Record<string, number>> = { '': 1, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30 };

/** A size as `4096`, `512KiB`, `64MiB` or `2GiB`, in bytes. */
export function size(): TextSchema<number> {
  return z
    .string()
    .regex(/^\d{1,12}(KiB|MiB|GiB)?$/, { error: 'must be a size such as 4096, 512KiB, 64MiB or 2GiB' })
    .transform((given) => Number.parseInt(given, 10) * (bytesOf[given.replace(/^\d+/, '')] ?? Number.NaN));
}

/** Values separated by commas, without blanks around them; empty ones are left out. */
export function list(): TextSchema<readonly string[]> {
  return z.string().transform((given) =>
    given
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== ''),
  );
}

/** One of the given words. */
export function oneOf<const W extends readonly [string, ...string[]]>(words: W): TextSchema<W[number]> {
  return z.string().pipe(z.enum(words, { error: `must be one of ${words.join(', ')}` }));
}

/** An absolute URL with one of the given schemes (`['https', 'http']`). It is kept unchanged. */
export function url(schemes: readonly string[]): TextSchema<string> {
  return z.string().refine(
    (given) => {
      const scheme = URL.canParse(given) ? new URL(given).protocol.slice(0, -1) : undefined;
      return scheme !== undefined && schemes.includes(scheme);
    },
    { error: `must be an address that begins with ${schemes.map((scheme) => `${scheme}://`).join(' or ')}` },
  );
}
