import { parseCvss, shortenText } from '@clarion/file-formats';
import { asObject } from '@clarion/file-formats/documents';
import { type CvssVector, type FeedRecord, type VulnerabilityRecord, isCveId } from '@clarion/model';
import { utcTime } from './api';
import { runtimeAdvisories } from './runtime-advisories';

type Fields = Readonly<Record<string, unknown>>;

const maxDescription = 4000;
const mostVectors = 40;
const mostWeaknesses = 40;

/** NVD's data for one CVE; an invalid vector is left out and reported. */
export function* readCve(entry: Fields, document: string): Generator<FeedRecord> {
  const id = textOf(entry['id']);
  if (id === undefined || !isCveId(id)) {
    yield { kind: 'problem', record: id?.slice(0, 80) ?? 'cve', message: 'Entry without a CVE id' };
    return;
  }
  const malformed: string[] = [];
  const cvss = vectorsOf(entry, malformed);
  yield { kind: 'vulnerability', text: toText(id, entry, cvss) };
  if (entry['vulnStatus'] !== 'Rejected') yield* runtimeAdvisories(id, entry, document);
  for (const vector of malformed) {
    yield { kind: 'problem', record: id, message: `Not a CVSS vector: ${vector.slice(0, 80)}` };
  }
}

function toText(id: string, entry: Fields, cvss: readonly CvssVector[]): VulnerabilityRecord {
  const description = english(entry['descriptions']);
  const cwes = weaknessesOf(entry['weaknesses']);
  const published = utcTime(entry['published'])?.toISOString();
  return {
    feed: 'nvd',
    id,
    ...(description === undefined ? {} : { description: shortenText(description, maxDescription) }),
    ...(cvss.length === 0 ? {} : { cvss }),
    ...(cwes.length === 0 ? {} : { cwes }),
    ...(published === undefined ? {} : { published }),
    ...(entry['vulnStatus'] === 'Rejected' ? { rejected: true } : {}),
  };
}

/** Newest version of CVSS first; within a version, NVD's order. */
const metrics = ['cvssMetricV40', 'cvssMetricV31', 'cvssMetricV30', 'cvssMetricV2'];

function vectorsOf(entry: Fields, malformed: string[]): readonly CvssVector[] {
  const assigner = textOf(entry['sourceIdentifier']);
  const all = asObject(entry['metrics']);
  const found = new Map<string, CvssVector>();
  for (const metric of metrics.flatMap((name) => listOf(all?.[name]))) {
    const fields = asObject(metric);
    const vector = textOf(asObject(fields?.['cvssData'])?.['vectorString']);
    const source = textOf(fields?.['source']) ?? 'unknown';
    if (vector === undefined || found.size >= mostVectors) continue;
    const key = JSON.stringify([source, vector]);
    if (parseCvss(vector) === undefined) malformed.push(vector);
    else if (!found.has(key)) {
      found.set(key, {
        source,
        vector,
        ...(fields?.['type'] === 'Primary' ? { primary: true } : {}),
        ...(source === assigner ? { cna: true } : {}),
      });
    }
  }
  return [...found.values()];
}

function english(value: unknown): string | undefined {
  for (const description of listOf(value)) {
    const { lang, value: text } = asObject(description) ?? {};
    if (typeof lang === 'string' && /^en\b/i.test(lang) && textOf(text) !== undefined) return textOf(text);
  }
  return undefined;
}

/** `CWE-79`; NVD's entries for "other" and "not enough information" are not weaknesses. */
function weaknessesOf(value: unknown): readonly string[] {
  const names = listOf(value)
    .flatMap((weakness) => listOf(asObject(weakness)?.['description']))
    .map((description) => textOf(asObject(description)?.['value']) ?? '');
  return [...new Set(names.filter((name) => /^CWE-\d{1,6}$/.test(name)))].slice(0, mostWeaknesses);
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
}
