import { licenseOfAddress, licenseOfName } from './known-names';
import { spdxExpression } from './spdx-expression';

/** Longer texts are licences in full. */
const longest = 300;

const known = new Map<string, string | undefined>();
/** Real images have some hundred different texts. */
const mostKnown = 2000;

/**
 * The SPDX expression that an expression, a name or an address of a licence means (`Apache License, Version 2.0`);
 * undefined for a text that means none, or possibly several.
 */
export function spdxLicense(text: string): string | undefined {
  if (text.length > longest) return spdxExpression(text);
  if (known.has(text)) return known.get(text);
  const address = /^https?:\/\//i.test(text) ? licenseOfAddress(text) : undefined;
  const found = spdxExpression(address ?? text) ?? licenseOfName(text);
  if (known.size >= mostKnown) known.clear();
  known.set(text, found);
  return found;
}

/** Texts that several packages in one list do not have. */
const mostAlternatives = 20;

/**
 * One text for licences of which the user of a package may choose one: an SPDX expression where all of them are known,
 * else what is written, joined by `OR`. '' for none.
 */
export function alternativeLicenses(texts: readonly string[]): string {
  const all = new Set(texts.slice(0, mostAlternatives).map((text) => spdxLicense(text) ?? text));
  const [first = ''] = all;
  return all.size < 2 ? first : [...all].map(inList).join(' OR ');
}

/** `AND` binds more than `OR`, so that only alternatives in alternatives need no parentheses; all get them. */
function inList(license: string): string {
  return / (?:AND|OR) /.test(license) && spdxExpression(license) !== undefined && !isEnclosed(license)
    ? `(${license})`
    : license;
}

function isEnclosed(license: string): boolean {
  return /^\([^()]*\)$/.test(license);
}
