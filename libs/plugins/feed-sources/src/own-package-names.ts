import { isOwnNamespace } from '@clarion/model';
import { shown } from './own-fault';
import type { OsvPlace } from './osv-record';

const longestName = 512;

/** Letters of any script, since the user decides, but nothing that cannot be seen. */
const free = /^(?!\s)[^\p{C}]+(?<!\s)$/u;
const printable = /^[\x21-\x7e]+$/;

/** What packages of distributions are called, by the order of their versions; names of sources included. */
const ofScheme: ReadonlyMap<string, RegExp> = new Map([
  ['dpkg', /^[a-z0-9][a-z0-9+._-]*$/],
  ['apk', /^[A-Za-z0-9.][A-Za-z0-9+._-]*$/],
  ['alpm', /^[A-Za-z0-9@._+][A-Za-z0-9@._+-]*$/],
  ['rpm', /^[A-Za-z0-9._+%{][A-Za-z0-9._+%{}~^-]*$/],
]);

/** What packages of a place are called; NuGet has letters of many scripts, the other languages have none but ASCII. */
function formOf(place: OsvPlace | undefined): RegExp {
  if (place === undefined || isOwnNamespace(place.namespace) || place.namespace === 'nuget') return free;
  return ofScheme.get(place.scheme) ?? printable;
}

/** What is wrong with the name of a package of a place, or of an unknown one; undefined when a package can have it. */
export function faultOfName(name: unknown, place: OsvPlace | undefined): string | undefined {
  if (typeof name !== 'string' || name.length > longestName) return `${shown(name)} is no name of a package`;
  const form = formOf(place);
  if (form.test(name)) return undefined;
  // What cannot be seen, or looks like another letter, is written as its number.
  const told = shown(name).replace(/[^\x20-\x7e]/gu, (char) => `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`);
  const meant = meantName(name, place);
  const remedy = meant !== undefined && form.test(meant) ? `; did you mean ${JSON.stringify(meant)}?` : '';
  return `${told} is no name of a package${place === undefined ? '' : ` of ${place.namespace}`}${remedy}`;
}

function meantName(name: string, place: OsvPlace | undefined): string | undefined {
  const plain = name
    .normalize('NFKC')
    .replaceAll(/\p{Pd}/gu, '-')
    .replaceAll(/\p{C}/gu, '')
    .trim();
  // dpkg shows `name:architecture`, and has names in lower case.
  const meant = place?.scheme === 'dpkg' ? plain.replace(/:[a-z0-9-]+$/i, '').toLowerCase() : plain;
  return meant === name ? undefined : meant;
}
