import { distributions, knownReleases, standingOf } from '@clarion/distributions';
import { ecosystems, programNamespace, runtimes } from '@clarion/ecosystems';
import { isOwnNamespace, nearestWord, ownNameRule } from '@clarion/model';
import { schemeOf, versionScheme, versionSchemes } from '@clarion/version-schemes';
import { namespaceOf } from './debian-security-tracker/suites';
import { languageRules } from './osv-ecosystems';
import type { NamespaceRules } from './osv-record';

/** OSV names of distributions (https://ossf.github.io/osv-schema/#defined-ecosystems). */
const distributionNames: readonly (readonly [ecosystem: RegExp, namespace: string])[] = distributions.flatMap(
  ({ family, osv = [] }) =>
    osv.map(({ ecosystem, release }) => [ecosystem, release === '' ? family : `${family}:${release}`] as const),
);

/** The release names of each distribution with releases. */
const releases = new Map(
  distributions.flatMap(({ family, releaseName }) =>
    releaseName === undefined ? [] : [[family, releaseName] as const],
  ),
);

/** Distributions without releases. */
const whole: ReadonlySet<string> = new Set(
  distributions.flatMap(({ family }) => (releases.has(family) ? [] : [family])),
);

/** Ecosystems of languages by namespace, with the name to suggest: that of OSV where there is one. */
const languages: ReadonlyMap<string, string> = new Map(
  ecosystems.flatMap(({ namespace, osv, versionScheme }) =>
    namespace === undefined || versionScheme === undefined ? [] : [[namespace, osv?.name ?? namespace] as const],
  ),
);

/** Runtimes, each with a namespace of its own: `generic:nginx`. */
const ofRuntimes: ReadonlyMap<string, NamespaceRules> = new Map(
  runtimes.map(({ name, versionScheme: scheme }) => {
    const namespace = programNamespace(name);
    return [namespace, { namespace, scheme, nameKind: 'binary' }] as const;
  }),
);

/** OSV ecosystems whose packages no detector finds: a record may name them. */
const unread: ReadonlySet<string> = new Set([
  ...['Alpaquita', 'Android', 'BellSoft Hardened Containers', 'Bioconductor', 'Bitnami', 'CleanStart', 'Docker'],
  ...['Echo', 'FreeBSD', 'GHC', 'GIT', 'GitHub Actions', 'Kubernetes', 'Linux', 'Mageia', 'OSS-Fuzz', 'openEuler'],
  ...['opam', 'Root', 'TuxCare', 'VSCode'],
]);

/** Other common names, with the name used here. */
const synonyms: ReadonlyMap<string, string> = new Map([
  ...ecosystems.flatMap(({ type, namespace = '', otherNames = [] }) => {
    const name = languages.get(namespace);
    return name === undefined ? [] : [type, ...otherNames].map((other) => [other, name] as const);
  }),
  ...distributions.flatMap(({ family, otherNames = [] }) => otherNames.map((name) => [name, family] as const)),
]);

/**
 * The namespace of packages in own data: a language ecosystem or a distribution with its OSV name, or a Clarion namespace
 * (`debian:12`, `amzn:2023`, a runtime: `generic:nginx`, a user-defined one: `x-acme`). Undefined for a name without packages, such as a release
 * that does not exist. A package of a distribution may be given by its own name or by that of its source.
 */
export function ownNamespaceRules(ecosystem: string): NamespaceRules | undefined {
  const fixed = languageRules(ecosystem) ?? ofRuntimes.get(ecosystem);
  if (fixed !== undefined) return fixed;
  if (isOwnNamespace(ecosystem)) return { namespace: ecosystem, scheme: 'semver', nameKind: 'either' };
  const named = distributionNames.find(([pattern]) => pattern.test(ecosystem));
  const namespace = named === undefined ? ecosystem : ecosystem.replace(named[0], named[1]);
  const [family = '', release] = splitName(namespace);
  const isKnown = release === undefined ? whole.has(family) : releases.get(family)?.form.test(release) === true;
  const scheme = isKnown && standingOf(namespace) !== 'none' ? schemeOf(namespace) : undefined;
  return scheme === undefined ? undefined : { namespace, scheme, nameKind: 'either' };
}

/**
 * The namespace with the version scheme that a record names for it: only user-defined namespaces have no fixed scheme.
 * Otherwise returns the error in the name.
 */
export function withScheme(rules: NamespaceRules, named: unknown): NamespaceRules | string {
  const { namespace, scheme } = rules;
  if (named === undefined || named === scheme) return rules;
  if (!isOwnNamespace(namespace)) return `versions of ${namespace} have the order ${scheme}: leave version_scheme out`;
  if (typeof named === 'string' && versionScheme(named) !== undefined) return { ...rules, scheme: named };
  return `version_scheme of ${namespace} is not known (known: ${versionSchemes.map(({ id }) => id).join(', ')})`;
}

/** Whether OSV defines an ecosystem without a namespace here, so that its name is not a typing error. */
export function isUnreadEcosystem(ecosystem: string): boolean {
  return unread.has(splitName(ecosystem)[0] ?? '');
}

/** The warning for a namespace that is not a known release but may become one; undefined for any other. */
export function doubtOfNamespace({ namespace }: Pick<NamespaceRules, 'namespace'>): string | undefined {
  if (standingOf(namespace) !== 'unlisted') return undefined;
  return `No known release is called ${JSON.stringify(namespace)} (docs/end-of-life.md): it is read, and meets no image unless there is one`;
}

/** The fix for an unknown name: the most similar known name, or an example. */
export function remedyForNamespace(ecosystem: string): string {
  if (/^x-/i.test(ecosystem)) return `one of your own is ${ownNameRule}`;
  const meant = meantNamespace(ecosystem.slice(0, 80));
  return meant === undefined ? 'write for example debian:12 or PyPI' : `did you mean ${JSON.stringify(meant)}?`;
}

function meantNamespace(typed: string): string | undefined {
  // "debian 12" and "alpine-3.20" also name a release.
  const apart = typed.includes(':') ? undefined : /^(.*?[a-z])[ -]?(v?\d.*)$/i.exec(typed);
  const [head = '', release = ''] = apart === null || apart === undefined ? splitName(typed) : apart.slice(1);
  const families = familiesLike(head.trim());
  for (const family of families) {
    const found = releasesLike(release.trim())
      .map((one) => (one === '' ? family : `${family}:${one}`))
      .find((name) => ownNamespaceRules(name) !== undefined);
    if (found !== undefined) return found;
  }
  const near = families.map((family) => nearestWord(`${family}:${release.trim()}`, knownReleases(family)));
  if (release !== '' && near[0] !== undefined) return near[0];
  const example = families.find((family) => releases.has(family));
  return example === undefined ? undefined : `${example}:${releases.get(example)?.example ?? ''}`;
}

/** The families that a word may name: by its spelling, a synonym, or a similar name. */
function familiesLike(head: string): readonly string[] {
  const word = head.toLowerCase().replace(/ linux$| os$|_linux$/, '');
  const known = [...releases.keys(), ...whole, ...languages.values(), ...synonyms.keys(), ...languages.keys()];
  const near = [word, word.replaceAll(' ', '')].map((one) => known.find((name) => name.toLowerCase() === one));
  const meant = near.find((name) => name !== undefined) ?? nearestWord(word, known);
  return meant === undefined ? [] : [synonyms.get(meant) ?? languages.get(meant) ?? meant];
}

/** Other spellings of a release, the most likely first. */
function releasesLike(release: string): readonly string[] {
  const [, major, minor] = /^v?(\d{1,4})(?:(?:\.|[ -]?sp)(\d{1,3}))?(?!\d)/i.exec(release) ?? [];
  const codename = namespaceOf(release.toLowerCase()).slice('debian:'.length);
  const both = minor === undefined ? [] : [`${major ?? ''}.${minor}`, `v${major ?? ''}.${minor}`];
  return [release, codename, ...both, ...(major === undefined ? [] : [major, `${major}.0`]), ''];
}

function splitName(name: string): readonly string[] {
  const colon = name.indexOf(':');
  return colon < 0 ? [name] : [name.slice(0, colon), name.slice(colon + 1)];
}
