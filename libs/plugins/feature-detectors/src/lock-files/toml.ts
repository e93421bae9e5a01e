import { isObject, type JsonObject, type Problem, type WantedFile } from '@clarion/model';
import { parse, TomlError } from 'smol-toml';
import { decodeLockText } from './lock-text';

/** Real files have a few megabytes. */
const mostBytes = 16 * 1024 * 1024;
/** Each of these characters may stand for a value, which takes some 100 bytes. A large file has 600,000 of them. */
const mostValues = 1_000_000;
const structural: ReadonlySet<number> = new Set(Buffer.from('=[{,.'));

/** Bytes between which a key goes on, besides dots; in quotes there may be others, which real names do not have. */
const inKeys: ReadonlySet<number> = new Set(
  Buffer.from(`ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"' \t`),
);
const dot = 0x2e;
const mostDots = 1000;

/** The tables of a TOML file, or the problem with it. */
export function readToml(
  file: WantedFile,
): { readonly object: JsonObject; readonly problem?: never } | { readonly object?: never; readonly problem: Problem } {
  const { path, content } = file;
  const excess = excessOf(content);
  if (excess !== undefined) {
    return { problem: { code: 'limit-reached', path, message: `It was not read: the file has ${excess}` } };
  }
  try {
    return { object: parse(decodeLockText(content), { maxDepth: 100 }) };
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    return { problem: { code: 'unreadable-database', path, message: 'The file cannot be read: it is not TOML' } };
  }
}

/** Which limit a file exceeds. The parser cannot be stopped, and makes a table for each part of a key. */
function excessOf(content: Uint8Array): string | undefined {
  if (content.length > mostBytes) return `${content.length} bytes, and TOML is read up to ${mostBytes}`;
  let values = 0;
  let dots = 0;
  for (const byte of content) {
    if (structural.has(byte)) values += 1;
    if (byte === dot) dots += 1;
    else if (!inKeys.has(byte)) dots = 0;
    if (dots > mostDots) return `a key with more than ${mostDots} parts`;
  }
  return values > mostValues ? `more than ${mostValues} keys, tables and values` : undefined;
}

/** The tables of an array of tables; nothing for another value. */
export function tablesOf(value: unknown): readonly JsonObject[] {
  return Array.isArray(value) ? (value as readonly unknown[]).filter(isObject) : [];
}
