import { advisoryStates, type HeaderRules, severities } from '@clarion/model';
import { z } from 'zod';

/** Text from a caller: bounded, and without NUL, which stores do not support. */
export const word = (max = 500): z.ZodString =>
  z
    .string()
    .min(1)
    .max(max)
    .regex(/^[^\x00]*$/, { error: 'has a NUL' });

export const digest = z
  .string()
  .max(140)
  .describe('`sha256:…` or `sha512:…`')
  .meta({ examples: [`sha256:${'0'.repeat(64)}`] });

/** A digest in a body must be well-formed: nothing can be found under any other. */
export const givenDigest = digest.regex(/^sha(?:256:[0-9a-f]{64}|512:[0-9a-f]{128})$/, {
  error: 'must be sha256 or sha512 and lower-case hexadecimal digits',
});

/** A web address; the egress decides whether it may be reached. No user name, no fragment. */
export const webAddress = (max: number): z.ZodString =>
  z
    .string()
    .max(max)
    .regex(/^https?:\/\/[^\x00-\x20/?#@\\]+(?:[/?][^\x00-\x20#]*)?$/, { error: 'must be such as https://host/path' });

/** Headers by name. */
export function headersOf({ max, name, value }: HeaderRules): z.ZodType<Readonly<Record<string, string>>> {
  return z
    .record(z.string().regex(name, { error: 'cannot be set' }), z.string().regex(value, { error: 'cannot be sent' }))
    .refine((headers) => Object.keys(headers).length <= max, { error: `are more than ${max}` })
    .meta({ maxProperties: max });
}

export const time = z.string().describe('RFC 3339');

export const severity = z.enum(severities).meta({ id: 'Severity' });
export const advisoryState = z.enum(advisoryStates).meta({ id: 'AdvisoryState' });

export const severityCounts = z
  .strictObject({
    Critical: z.int(),
    High: z.int(),
    Medium: z.int(),
    Low: z.int(),
    Negligible: z.int(),
    Unknown: z.int(),
  })
  .meta({ id: 'SeverityCounts' });

/** `limit` and `after` of every list. */
export const pageQuery = {
  limit: z
    .string()
    .regex(/^(?:[1-9][0-9]{0,2}|1000)$/, { error: 'must be a number from 1 to 1000' })
    .transform(Number)
    .optional()
    .meta({ description: 'Items of a page, 1 to 1000; 100 unless stated' }),
  after: word(8192).optional().describe('`next` of the page before'),
};

/** A page `{items, next}`, and its further members. */
export function page<T extends z.ZodType, M extends z.ZodRawShape>(id: string, item: T, more: M = {} as M) {
  return z
    .strictObject({
      items: z.array(item),
      ...more,
      next: z.string().optional().describe('Goes into `after`; absent on the last page'),
    })
    .meta({ id });
}

/** A time span as `30s`, in milliseconds. */
export const span = z
  .string()
  .regex(/^[0-9]{1,6}(?:ms|s|m)$/, { error: 'must be a time span such as 500ms, 30s or 2m' })
  .transform((text) => Number.parseInt(text, 10) * (text.endsWith('ms') ? 1 : text.endsWith('s') ? 1000 : 60_000));

export const none = z.strictObject({});
