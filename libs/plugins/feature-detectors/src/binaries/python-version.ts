import { firstMatch, type FoundTexts } from './found-texts';

/** Major and minor version in the name of a program or library: `python3.11`, `libpython2.7.so.1.0`. */
const inName = /python(\d\.\d{1,2})/;
/** A tag that it gives to its compiled modules: `cpython-311`. */
const inTag = /cpython-3(\d{1,2})(?!\d)/;

/**
 * The version of Python. Programs have that of Unicode (`3.2.0`) and of libraries in the same form, so its minor version
 * is found first. A small program that loads a library has no more than the directory that it was built in.
 */
export function pythonVersion(texts: FoundTexts, fileName: string): string | undefined {
  const tag = firstMatch(inTag, texts);
  const minor = inName.exec(fileName)?.[1] ?? (tag === undefined ? undefined : `3.${tag}`);
  const version = `(${minor?.replace('.', '\\.') ?? '[23]\\.\\d{1,2}'}\\.\\d{1,3}(?:(?:a|b|rc)\\d{1,3})?)`;
  const token = minor === undefined ? undefined : firstMatch(new RegExp(`\\0${version}\\+?\\0`), texts);
  return token ?? firstMatch(new RegExp(`(?:/Python-|/versions/)${version}(?:[/\\0]|$)`), texts);
}
