import { type Digest, isDigest, type PageRequest, type Platform } from '@clarion/model';
import { FieldError } from './errors';

const defaultLimit = 100;
const largestLimit = 1000;
const longestCursor = 8192;

/** A string from a caller: present, bounded, and without NUL, which stores do not accept. Throws `FieldError`. */
export function text(field: string, value: string, longest = 500): string {
  if (value === '') throw new FieldError(field, 'is missing');
  if (value.length > longest) throw new FieldError(field, `has more than ${longest} characters`);
  if (value.includes('\0')) throw new FieldError(field, 'has a NUL');
  return value;
}

/** The same for an optional string: an object without it when absent. */
export function optionalText<K extends string>(
  field: K,
  value: string | undefined,
  longest?: number,
): Readonly<Partial<Record<K, string>>> {
  const named = field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  const entries = value === undefined ? [] : [[field, text(named, value, longest)] as const];
  return Object.fromEntries(entries) as Partial<Record<K, string>>;
}

export function digest(field: string, value: string): Digest {
  if (!isDigest(value)) throw new FieldError(field, 'must be sha256: or sha512: and lower-case hex');
  return value;
}

/** The requested page of a list. */
export function pageOf({ limit, after }: { readonly limit: number; readonly after: string }): PageRequest {
  if (limit > largestLimit) throw new FieldError('limit', `must be at most ${largestLimit}`);
  const cursor = after === '' ? {} : { after: text('after', after, longestCursor) };
  return { limit: limit === 0 ? defaultLimit : limit, ...cursor };
}

/** A platform as spelled on the command line; an object without it when absent. */
export function platformOf(value: string | undefined): { readonly platform?: Platform } {
  if (value === undefined) return {};
  const [, os, architecture, variant] = /^([\w.-]{1,64})\/([\w.-]{1,64})(?:\/([\w.-]{1,64}))?$/.exec(value) ?? [];
  if (os === undefined || architecture === undefined) {
    throw new FieldError('platform', 'must be such as linux/arm64 or linux/arm/v7');
  }
  return { platform: { os, architecture, ...(variant !== undefined && { variant }) } };
}
