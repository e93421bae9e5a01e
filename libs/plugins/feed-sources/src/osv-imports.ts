import { asObject } from '@clarion/file-formats/documents';
import type { AffectedImport } from '@clarion/model';

type Json = Readonly<Record<string, unknown>>;

/** The longest real list has some 300 functions. */
const mostImports = 1000;
const mostNames = 10_000;
const longestName = 512;

/**
 * The packages with the flaw, as the Go vulnerability database names them (https://go.dev/doc/security/vuln/database).
 * None where any of them cannot be read: a part of the list would make programs look unaffected.
 */
export function importsOf(entry: Json): { readonly imports?: readonly AffectedImport[] } {
  const list = asObject(entry['ecosystem_specific'])?.['imports'];
  if (!Array.isArray(list) || list.length === 0 || list.length > mostImports) return {};
  const imports = list.map(readImport);
  return imports.every((one) => one !== undefined) ? { imports } : {};
}

function readImport(value: unknown): AffectedImport | undefined {
  const { path, symbols, goos, goarch } = asObject(value) ?? {};
  const [functions, os, architectures] = [symbols, goos, goarch].map(namesOf);
  if (!isName(path) || functions === undefined || os === undefined || architectures === undefined) return undefined;
  return {
    path,
    ...(functions.length > 0 && { functions }),
    ...(os.length > 0 && { os }),
    ...(architectures.length > 0 && { architectures }),
  };
}

/** An absent list is empty; undefined for anything that is no list of names. */
function namesOf(value: unknown): readonly string[] | undefined {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value) || value.length > mostNames || !value.every(isName)) return undefined;
  return [...new Set<string>(value)];
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= longestName;
}
