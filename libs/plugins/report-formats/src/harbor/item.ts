import { compareSeverity, type Finding, type FindingSeverity } from '@clarion/model';

/** Occurrences of one vulnerability of one package that are written out; further ones are the same upgrade. */
const mostLocations = 20;
const mostLinks = 100;

/** Harbor identifies an item by vulnerability, package and version: all findings with the same three are one. */
export function itemKey({ id, package: { name, version } }: Finding): string {
  return JSON.stringify([id, name, version]);
}

/** One item of the report, from findings with the same key. `image` is the digest of the manifest. */
export function itemOf(findings: readonly [Finding, ...Finding[]], image: string | null): object {
  const worst = findings.reduce((a, b) => (compareSeverity(b.severity, a.severity) < 0 ? b : a));
  const { id, severity, state, description, cwes, links } = worst;
  const { name, version } = worst.package;
  return {
    id,
    package: name,
    version,
    fix_version: distinct(findings.map(({ fixedIn }) => fixedIn)).join(', '),
    severity,
    status: state,
    description: description ?? '',
    links: links.filter(isAddress).slice(0, mostLinks),
    artifact_digests: image === null ? [] : [image],
    preferred_cvss: cvssOf(worst.severities),
    cwe_ids: cwes,
    vendor_attributes: attributesOf(worst, findings),
  };
}

function distinct(values: readonly (string | null)[]): readonly string[] {
  return [...new Set(values.flatMap((value) => value ?? []))];
}

function isAddress(link: string): boolean {
  return /^https?:\/\//i.test(link) && URL.canParse(link);
}

/** The most trusted score of each version of CVSS. */
function cvssOf(severities: readonly FindingSeverity[]): object {
  const scored = severities.filter(({ score, vector }) => score !== null && vector !== null);
  const isThird = ({ vector }: FindingSeverity): boolean => vector?.startsWith('CVSS:3') === true;
  const isSecond = ({ vector }: FindingSeverity): boolean => vector?.startsWith('CVSS:') === false;
  const [third, second] = [scored.find(isThird), scored.find(isSecond)];
  return {
    ...(third === undefined ? {} : { score_v3: third.score }),
    ...(second === undefined ? {} : { score_v2: second.score }),
    vector_v3: third?.vector ?? '',
    vector_v2: second?.vector ?? '',
  };
}

function attributesOf(worst: Finding, findings: readonly Finding[]): object {
  const { aliases, severitySource, published, epss, knownExploited, kind, certainty, remedy } = worst;
  const locations = findings.map(({ package: { namespace, path, layer, purl } }) => ({ namespace, path, layer, purl }));
  return {
    ...(aliases.length === 0 ? {} : { aliases }),
    ...(severitySource === null ? {} : { severity_source: severitySource }),
    ...(published === null ? {} : { published }),
    ...(epss === null ? {} : { epss: { score: epss.score, percentile: epss.percentile, date: epss.date } }),
    ...(knownExploited === null
      ? {}
      : { known_exploited: { date_added: knownExploited.dateAdded, due_date: knownExploited.dueDate } }),
    ...(kind === undefined ? {} : { kind }),
    ...(certainty === undefined ? {} : { certainty }),
    ...(remedy === undefined ? {} : { remedy }),
    locations: locations.slice(0, mostLocations),
    ...(locations.length > mostLocations ? { further_locations: locations.length - mostLocations } : {}),
  };
}
