import { isObject, type JsonObject, type Problem, type WantedFile } from '@clarion/model';
import { parse, TomlError } from 'smol-toml';
import { decodeLockText } from './lock-text';

/** A parsed file takes some ten times its size in memory. Real ones have a few megabytes. */
const mostBytes = 16 * 1024 * 1024;

/** The tables of a TOML file, or the problem with it. */
export function readToml(
  file: WantedFile,
): { readonly object: JsonObject; readonly problem?: never } | { readonly object?: never; readonly problem: Problem } {
  const { path, content } = file;
  if (content.length > mostBytes) {
    const message = `It was not read: the file has ${content.length} bytes, and TOML is read up to ${mostBytes}`;
    return { problem: { code: 'limit-reached', path, message } };
  }
  try {
    return { object: parse(decodeLockText(content), { maxDepth: 100 }) };
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    return { problem: { code: 'unreadable-database', path, message: 'The file cannot be read: it is not TOML' } };
  }
}

/** The tables of an array of tables; nothing for another value. */
export function tablesOf(value: unknown): readonly JsonObject[] {
  return Array.isArray(value) ? (value as readonly unknown[]).filter(isObject) : [];
}
