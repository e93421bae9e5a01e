import { distributionOf } from '@clarion/distributions';
import { ecosystemOf, ecosystemOfNamespace } from '@clarion/ecosystems';
import { isOwnNamespace } from '@clarion/model';
import { shown } from './own-fault';
import type { NamespaceRules } from './osv-record';

const longestName = 512;

/** Letters of any script, since the user decides, but no invisible characters. */
const free = /^(?!\s)[^\p{C}]+(?<!\s)$/u;
const printable = /^[\x21-\x7e]+$/;

/** The pattern of package names of a namespace, including names of sources. */
function formOf(rules: NamespaceRules | undefined): RegExp {
  if (rules === undefined || isOwnNamespace(rules.namespace)) return free;
  const { namespace } = rules;
  const row = ecosystemOfNamespace(namespace) ?? ecosystemOf(distributionOf(namespace)?.packageType ?? '');
  return row?.names ?? printable;
}

/** The error in a package name of a known or unknown namespace; undefined for a valid name. */
export function faultOfName(name: unknown, rules: NamespaceRules | undefined): string | undefined {
  if (typeof name !== 'string' || name.length > longestName) return `${shown(name)} is not a name of a package`;
  const form = formOf(rules);
  if (form.test(name)) return undefined;
  // Invisible characters and letters that look like others are written as code points.
  const shownName = shown(name).replace(/[^\x20-\x7e]/gu, (char) => `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`);
  const meant = meantName(name, rules);
  const remedy = meant !== undefined && form.test(meant) ? `; did you mean ${JSON.stringify(meant)}?` : '';
  return `${shownName} is not a name of a package${rules === undefined ? '' : ` of ${rules.namespace}`}${remedy}`;
}

function meantName(name: string, rules: NamespaceRules | undefined): string | undefined {
  const plain = name
    .normalize('NFKC')
    .replaceAll(/\p{Pd}/gu, '-')
    .replaceAll(/\p{C}/gu, '')
    .trim();
  // dpkg shows `name:architecture` and has lower-case names.
  const meant = rules?.scheme === 'dpkg' ? plain.replace(/:[a-z0-9-]+$/i, '').toLowerCase() : plain;
  return meant === name ? undefined : meant;
}
