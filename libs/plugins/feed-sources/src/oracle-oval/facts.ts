import { childOf, childText, detached, type XmlElement } from '@clarion/file-formats/documents';
import { type CvssVector, type Severity, type VulnerabilityRecord, isCveId } from '@clarion/model';

/** The metadata of a definition that is kept. */
export interface ElsaFacts {
  /** `ELSA-2023-12342`; undefined when the definition names no erratum. */
  readonly elsa: string | undefined;
  readonly cves: readonly string[];
  readonly title: string | undefined;
  /** The severity as the feed writes it: `IMPORTANT`. */
  readonly vendorSeverity: string | undefined;
  /** Date of issue. */
  readonly issued: string | undefined;
  /** Major releases of the platforms that the definition names. */
  readonly majors: readonly string[];
  /** References that are not ids. */
  readonly problems: readonly string[];
}

const elsaPattern = /^ELSA-\d{4}-\d{1,9}(?:-\d{1,4})?$/;

/** Reads a definition's `metadata`; adds the scores and dates of the CVEs themselves to `texts`. */
export function factsOf(metadata: XmlElement | undefined, texts: Map<string, VulnerabilityRecord>): ElsaFacts {
  const references = metadata?.children.filter(({ name }) => name === 'reference') ?? [];
  const named = (source: string): string[] =>
    references
      .filter(({ attributes }) => attributes['source']?.toLowerCase() === source)
      .map(({ attributes }) => detached((attributes['ref_id'] ?? '').trim()));
  const advisory = childOf(metadata, 'advisory');
  for (const cve of advisory?.children ?? []) if (cve.name === 'cve') noteScore(cve, texts);
  const ids = [...new Set(named('cve'))];
  const cves = ids.filter((id) => isCveId(id));
  // An erratum without a CVE has no other description.
  const title = cves.length === 0 ? childText(metadata, 'title') : undefined;
  const vendorSeverity = childText(advisory, 'severity');
  return {
    elsa: named('elsa').find((id) => elsaPattern.test(id)),
    cves,
    title: title === undefined ? undefined : detached(title.replace(/\s+/g, ' ').slice(0, 500)),
    vendorSeverity: vendorSeverity === undefined ? undefined : detached(vendorSeverity.slice(0, 40)),
    issued: dateOf(childOf(advisory, 'issued')?.attributes['date']),
    majors: majorsOf(childOf(metadata, 'affected')),
    problems: ids.filter((id) => !isCveId(id)).map((id) => `"${id.slice(0, 40)}" is not a CVE`),
  };
}

/** `Oracle Linux 5.11` is release 5. */
function majorsOf(affected: XmlElement | undefined): readonly string[] {
  const majors = (affected?.children ?? []).flatMap(({ name, text }) => {
    const major = name === 'platform' ? /^\s*Oracle Linux (\d{1,3})(?!\d)/.exec(text)?.[1] : undefined;
    return major === undefined ? [] : [detached(major)];
  });
  return [...new Set(majors)];
}

/**
 * `<cve cvss3="7.8/CVSS:3.1/AV:L/…" public="20230220">CVE-2023-0664</cve>`. Many errata repeat the same CVE: the newest
 * CVSS v3 vector is kept, and a v2 vector only if there is no other.
 */
function noteScore({ text, attributes }: XmlElement, texts: Map<string, VulnerabilityRecord>): void {
  const id = detached(text.trim());
  if (!isCveId(id)) return;
  const known = texts.get(id);
  const v3 = /^\d{1,2}(?:\.\d)?\/(CVSS:3\.[01]\/[A-Za-z:/]{1,200})$/.exec(attributes['cvss3'] ?? '')?.[1];
  const v2 = /^\d{1,2}(?:\.\d)?\/(AV:[A-Za-z:/]{1,200})$/.exec(attributes['cvss2'] ?? '')?.[1];
  const vector = v3 ?? (known?.cvss === undefined ? v2 : undefined);
  const cvss: readonly CvssVector[] | undefined =
    vector === undefined ? known?.cvss : [{ source: 'linux.oracle.com', vector: detached(vector) }];
  const published = dateOf(attributes['public']) ?? known?.published;
  if (cvss === undefined && published === undefined) return;
  texts.set(id, {
    feed: 'oracle-oval',
    id,
    ...(cvss === undefined ? {} : { cvss }),
    ...(published === undefined ? {} : { published }),
  });
}

/** `2023-05-15` or `20230515`. */
function dateOf(text: string | undefined): string | undefined {
  const match = /^(\d{4})-?(\d{2})-?(\d{2})$/.exec(text?.trim() ?? '');
  return match === null ? undefined : detached(match.slice(1).join('-'));
}

/** `N/A` is not a severity. */
export const severityOf: ReadonlyMap<string, Severity> = new Map([
  ['CRITICAL', 'Critical'],
  ['IMPORTANT', 'High'],
  ['MODERATE', 'Medium'],
  ['LOW', 'Low'],
]);
