import { distributions, knownReleases, standingOf } from '@clarion/distributions';
import { isOwnNamespace, nearestWord, ownNameRule } from '@clarion/model';
import { schemeOf, versionScheme, versionSchemes } from '@clarion/version-schemes';
import { namespaceOf } from './debian-security-tracker/suites';
import { languageEcosystems, languagePlace } from './osv-ecosystems';
import type { OsvPlace } from './osv-record';

/** How OSV calls what is no language with a feed (https://ossf.github.io/osv-schema/#defined-ecosystems). */
const ecosystems: readonly (readonly [ecosystem: RegExp, namespace: string])[] = [
  ...distributions.flatMap(({ family, osv = [] }) =>
    osv.map(({ ecosystem, release }) => [ecosystem, release === '' ? family : `${family}:${release}`] as const),
  ),
  [/^ConanCenter$/, 'conan'],
  [/^CRAN$/, 'cran'],
  [/^Hackage$/, 'hackage'],
  [/^Hex$/, 'hex'],
  [/^Julia$/, 'julia'],
  [/^Pub$/, 'pub'],
  [/^SwiftURL$/, 'swift'],
];

/** How the releases of each distribution are called that has any. */
const releases = new Map(
  distributions.flatMap(({ family, releaseName }) =>
    releaseName === undefined ? [] : [[family, releaseName] as const],
  ),
);

/** Namespaces that have no releases: distributions and languages. */
const whole: ReadonlySet<string> = new Set([
  ...distributions.flatMap(({ family }) => (releases.has(family) ? [] : [family])),
  ...['conan', 'cran', 'hackage', 'hex', 'julia', 'pub', 'swift'],
]);

const languages: ReadonlyMap<string, string> = new Map(
  languageEcosystems.map(({ ecosystem, namespace }) => [namespace, ecosystem]),
);

/** Ecosystems of OSV whose packages no detector finds: no mistake of whoever names them. */
const unread: ReadonlySet<string> = new Set([
  ...['Alpaquita', 'Android', 'BellSoft Hardened Containers', 'Bioconductor', 'Bitnami', 'CleanStart', 'Docker'],
  ...['Echo', 'FreeBSD', 'GHC', 'GIT', 'GitHub Actions', 'Kubernetes', 'Linux', 'Mageia', 'OSS-Fuzz', 'openEuler'],
  ...['opam', 'Root', 'TuxCare', 'VSCode'],
]);

/** Other names that people know, by what they are called here. */
const synonyms: ReadonlyMap<string, string> = new Map([
  ['cargo', 'crates.io'],
  ['rust', 'crates.io'],
  ['composer', 'Packagist'],
  ['php', 'Packagist'],
  ['gem', 'RubyGems'],
  ['ruby', 'RubyGems'],
  ['golang', 'Go'],
  ['pip', 'PyPI'],
  ['python', 'PyPI'],
  ['node', 'npm'],
  ['java', 'Maven'],
  ['dotnet', 'NuGet'],
  ...distributions.flatMap(({ family, otherNames = [] }) => otherNames.map((name) => [name, family] as const)),
]);

/**
 * Where packages of own data belong: a language ecosystem or a distribution as OSV calls it, or a namespace as Clarion
 * does (`debian:12`, `amzn:2023`, one of the user's own: `x-acme`); undefined for a name that no package belongs to, such as a
 * release that there is none of. A
 * distribution's package is meant by its own name or by that of its source.
 */
export function ownPlace(ecosystem: string): OsvPlace | undefined {
  const language = languagePlace(languages.get(ecosystem) ?? ecosystem);
  if (language !== undefined) return language;
  if (isOwnNamespace(ecosystem)) return { namespace: ecosystem, scheme: 'semver', nameKind: 'either' };
  const named = ecosystems.find(([pattern]) => pattern.test(ecosystem));
  const namespace = named === undefined ? ecosystem : ecosystem.replace(named[0], named[1]);
  const [family = '', release] = splitName(namespace);
  const isKnown = release === undefined ? whole.has(family) : releases.get(family)?.form.test(release) === true;
  const scheme = isKnown && standingOf(namespace) !== 'none' ? schemeOf(namespace) : undefined;
  return scheme === undefined ? undefined : { namespace, scheme, nameKind: 'either' };
}

/**
 * The place with the order of versions that a record names for it: only a user's own namespaces have none of themselves.
 * What is wrong with the name otherwise.
 */
export function withScheme(place: OsvPlace, named: unknown): OsvPlace | string {
  const { namespace, scheme } = place;
  if (named === undefined || named === scheme) return place;
  if (!isOwnNamespace(namespace)) return `versions of ${namespace} have the order ${scheme}: leave version_scheme out`;
  if (typeof named === 'string' && versionScheme(named) !== undefined) return { ...place, scheme: named };
  return `version_scheme of ${namespace} is not known (known: ${versionSchemes.map(({ id }) => id).join(', ')})`;
}

/** Whether OSV knows the ecosystem of a name that has no place here, so that it is no typing mistake. */
export function isUnreadEcosystem(ecosystem: string): boolean {
  return unread.has(splitName(ecosystem)[0] ?? '');
}

/** What to tell of a place that is no known release and may be one nevertheless; undefined for any other. */
export function doubtOfPlace({ namespace }: Pick<OsvPlace, 'namespace'>): string | undefined {
  if (standingOf(namespace) !== 'unlisted') return undefined;
  return `No known release is called ${JSON.stringify(namespace)} (docs/end-of-life.md): it is read, and meets no image unless there is one`;
}

/** What to write instead of a name without place: what was most likely meant, or how a name looks. */
export function remedyForPlace(ecosystem: string): string {
  if (/^x-/i.test(ecosystem)) return `one of your own is ${ownNameRule}`;
  const meant = meantPlace(ecosystem.slice(0, 80));
  return meant === undefined ? 'write for example debian:12 or PyPI' : `did you mean ${JSON.stringify(meant)}?`;
}

function meantPlace(typed: string): string | undefined {
  // "debian 12" and "alpine-3.20" name a release as well.
  const apart = typed.includes(':') ? undefined : /^(.*?[a-z])[ -]?(v?\d.*)$/i.exec(typed);
  const [head = '', release = ''] = apart === null || apart === undefined ? splitName(typed) : apart.slice(1);
  const families = familiesLike(head.trim());
  for (const family of families) {
    const found = releasesLike(release.trim())
      .map((one) => (one === '' ? family : `${family}:${one}`))
      .find((name) => ownPlace(name) !== undefined);
    if (found !== undefined) return found;
  }
  const near = families.map((family) => nearestWord(`${family}:${release.trim()}`, knownReleases(family)));
  if (release !== '' && near[0] !== undefined) return near[0];
  const example = families.find((family) => releases.has(family));
  return example === undefined ? undefined : `${example}:${releases.get(example)?.example ?? ''}`;
}

/** The families that a word may stand for: its own spelling, another name of it, or one that is near. */
function familiesLike(head: string): readonly string[] {
  const word = head.toLowerCase().replace(/ linux$| os$|_linux$/, '');
  const known = [...releases.keys(), ...whole, ...languages.values(), ...synonyms.keys(), ...languages.keys()];
  const near = [word, word.replaceAll(' ', '')].map((one) => known.find((name) => name.toLowerCase() === one));
  const meant = near.find((name) => name !== undefined) ?? nearestWord(word, known);
  return meant === undefined ? [] : [synonyms.get(meant) ?? languages.get(meant) ?? meant];
}

/** Other spellings of a release, the likeliest first. */
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
