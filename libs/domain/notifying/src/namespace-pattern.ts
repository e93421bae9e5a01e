import { distributions, knownReleases, standingOf } from '@clarion/distributions';
import { ecosystems, programNamespace, runtimes } from '@clarion/ecosystems';
import { isOwnNamespace, namespaceFamily, nearestWord } from '@clarion/model';

/** Namespaces of languages and of single programs. */
const languages = [
  ...ecosystems.flatMap(({ namespace }) => namespace ?? []),
  ...runtimes.map(({ name }) => programNamespace(name)),
];

const families = new Map(distributions.map((row) => [row.family, row]));

/** Common aliases, mapped to the family or language. */
const synonyms: ReadonlyMap<string, string> = new Map([
  ...distributions.flatMap(({ family, otherNames = [] }) => otherNames.map((name) => [name, family] as const)),
  ...ecosystems.flatMap(({ type, namespace, otherNames = [] }) =>
    namespace === undefined ? [] : [type, ...otherNames].map((name) => [name, namespace] as const),
  ),
]);

/**
 * Whether a namespace in a filter, where a trailing `*` stands for any rest, can match a package: a known or possible
 * future release, a language, or an own namespace. A pattern that can match nothing would silence the endpoint for
 * good.
 */
export function canBeNamespace(pattern: string): boolean {
  if (!pattern.endsWith('*')) return isNamespace(pattern);
  const start = pattern.slice(0, -1);
  if (isNamespace(start) || ['', '-a', 'a'].some((rest) => isOwnNamespace(`${start}${rest}`))) return true;
  return languages.some((id) => id.startsWith(start)) || [...families.keys()].some((id) => isStartOf(start, id));
}

function isNamespace(id: string): boolean {
  if (isOwnNamespace(id) || languages.includes(id)) return true;
  const family = families.get(namespaceFamily(id));
  if (family?.releaseName === undefined) return family?.family === id;
  return family.releaseName.form.test(id.slice(family.family.length + 1)) && standingOf(id) !== 'none';
}

function isStartOf(start: string, family: string): boolean {
  return family.startsWith(start) || knownReleases(family).some((id) => id.startsWith(start));
}

/** The most likely intended namespace for an invalid one; undefined if nothing is similar. */
export function meantNamespace(pattern: string): string | undefined {
  const [head = '', ...rest] = pattern.toLowerCase().split(':');
  const word = head.replace(/\*$/, '').trim();
  const known = [...families.keys(), ...languages, ...synonyms.keys()];
  const near = known.includes(word) ? word : nearestWord(word, known);
  if (near === undefined) return undefined;
  const family = synonyms.get(near) ?? near;
  const row = families.get(family);
  if (row?.releaseName === undefined) return family;
  const typed = rest.join(':').trim();
  const release = row.codenames?.[typed] ?? typed;
  if (release === '') return `${family}:*`;
  const spellings = [release, `v${release}`, release.replace(/^v/, ''), release.replace(/[.-].*$/, '')];
  const exact = spellings.map((one) => `${family}:${one}`).find(canBeNamespace);
  return exact ?? nearestWord(`${family}:${release}`, knownReleases(family)) ?? `${family}:*`;
}
