import { shortenText } from '@clarion/file-formats';
import { asObject } from '@clarion/file-formats/documents';
import type { CvssVector, Severity, VulnerabilityRecord } from '@clarion/model';

type Json = Readonly<Record<string, unknown>>;

/** The full description is at the references; the largest description of GitHub has 75 KB. */
const maxDescription = 8192;
const maxLinks = 20;
const longestLink = 2000;

/** The record's data about its vulnerability, independent of the package. Missing facts are left out. */
export function osvFacts(record: Json): Omit<VulnerabilityRecord, 'feed' | 'id' | 'aliases'> {
  const description = descriptionOf(record);
  const severity = osvSeverity(record)?.severity;
  const cvss = cvssOf(record);
  const cwes = cwesOf(record);
  const published = osvDate(record['published']);
  const links = linksOf(record);
  return {
    ...(description === '' ? {} : { description }),
    ...(severity === undefined ? {} : { severity }),
    ...(cvss.length === 0 ? {} : { cvss }),
    ...(cwes.length === 0 ? {} : { cwes }),
    ...(published === undefined ? {} : { published }),
    ...(links.length === 0 ? {} : { links }),
  };
}

function descriptionOf(record: Json): string {
  const texts = [textOf(record['summary']), textOf(record['details'])];
  const whole = texts.filter((text, index, all) => text !== '' && all.indexOf(text) === index).join('\n\n');
  return shortenText(whole, maxDescription);
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value.trim() : '';
}

/** The words of GitHub and of the distributions (matching reference §6.2). */
const severities: ReadonlyMap<string, Severity> = new Map([
  ['negligible', 'Negligible'],
  ['low', 'Low'],
  ['moderate', 'Medium'],
  ['medium', 'Medium'],
  ['important', 'High'],
  ['high', 'High'],
  ['critical', 'Critical'],
]);

/** All accepted words for a severity, in lower case. */
export const severityWords: readonly string[] = [...severities.keys()];

/**
 * `database_specific.severity` of a record or of one of its `affected` entries, as written and as a Clarion severity.
 */
export function osvSeverity(
  container: Json,
  member: 'database_specific' | 'ecosystem_specific' = 'database_specific',
): { readonly word: string; readonly severity?: Severity } | undefined {
  const word = textOf(asObject(container[member])?.['severity']).slice(0, 80);
  const severity = severities.get(word.toLowerCase());
  if (word === '') return undefined;
  return { word, ...(severity === undefined ? {} : { severity }) };
}

const cvssVector = /^(?:CVSS:(?:3\.[01]|4\.0)\/)?[A-Za-z]{1,3}:[A-Za-z]{1,9}(?:\/[A-Za-z]{1,3}:[A-Za-z]{1,9}){1,40}$/;

/** Whether a string has the form of a CVSS vector of any version. */
export function isCvssVector(value: unknown): value is string {
  return typeof value === 'string' && value.length <= 400 && cvssVector.test(value.trim());
}

/**
 * Ubuntu's priority in the list `severity` of a record or of one of its entries, which contains words beside CVSS
 * vectors: `{ "type": "Ubuntu", "score": "high" }`.
 */
export function osvPriority(container: Json): ReturnType<typeof osvSeverity> {
  for (const entry of objectsOf(container['severity'])) {
    const word = entry['type'] === 'Ubuntu' ? textOf(entry['score']) : '';
    const severity = severities.get(word.toLowerCase());
    if (severity !== undefined) return { word, severity };
  }
  return undefined;
}

/** The source of the score, by the prefix of the record's id. NVD uses the same names. */
const scorers: readonly (readonly [prefix: string, source: string])[] = [
  ['GHSA-', 'security-advisories@github.com'],
  ['RUSTSEC-', 'rustsec.org'],
  ['PYSEC-', 'pypa'],
  ['GO-', 'go.dev'],
];

function cvssOf(record: Json): readonly CvssVector[] {
  const id = String(record['id']);
  const source = scorers.find(([prefix]) => id.startsWith(prefix))?.[1] ?? (id.split('-', 1)[0] ?? id).toLowerCase();
  const vectors = new Set<string>();
  for (const container of [record, ...objectsOf(record['affected'])]) {
    for (const entry of objectsOf(container['severity'])) {
      const vector = textOf(entry['score']);
      // Ubuntu also writes its priority here, which is a word and not a vector.
      if (isCvssVector(vector)) vectors.add(vector);
    }
  }
  return [...vectors].slice(0, 20).map((vector) => ({ source, vector }));
}

function cwesOf(record: Json): readonly string[] {
  const ids = asObject(record['database_specific'])?.['cwe_ids'];
  return textsOf(ids, 100).filter((id) => /^CWE-\d{1,6}$/.test(id));
}

function linksOf(record: Json): readonly string[] {
  const urls = objectsOf(record['references']).map((reference) => textOf(reference['url']));
  return [...new Set(urls.filter(isOsvLink))].slice(0, maxLinks);
}

/** Whether a value is a URL that is kept as a link. */
export function isOsvLink(value: unknown): boolean {
  return typeof value === 'string' && value.length <= longestLink && /^https?:\/\/[^\s<>"]+$/.test(value.trim());
}

const time = /^(?!0001)(\d{4}-\d{2}-\d{2})(?:T[\d:.]{5,30}(?:Z|[+-]\d{2}:\d{2})?)?$/;

/** A valid time or date; the year 1 means "unknown" in the Go database. */
export function osvDate(value: unknown): string | undefined {
  const text = textOf(value);
  const day = time.exec(text)?.[1];
  // Date accepts the 30th of February as another day.
  const isDay = day !== undefined && !Number.isNaN(Date.parse(day)) && new Date(day).toISOString().startsWith(day);
  return isDay && !Number.isNaN(Date.parse(text)) ? text : undefined;
}

/** The members of a list that are objects. */
export function objectsOf(value: unknown): readonly Json[] {
  if (!Array.isArray(value)) return [];
  return (value as readonly unknown[]).map(asObject).filter((item) => item !== undefined);
}

/** The distinct strings of a list, at most `most`. */
export function textsOf(value: unknown, most: number): readonly string[] {
  if (!Array.isArray(value)) return [];
  const texts = (value as readonly unknown[]).filter((item) => typeof item === 'string');
  return [...new Set(texts)].slice(0, most);
}
