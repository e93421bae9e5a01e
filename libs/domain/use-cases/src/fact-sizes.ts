import type { Advisory, AdvisoryGroup, RepositoryProducts, Vulnerability, VulnerabilityRecord } from '@clarion/model';

// About how many bytes of memory facts take, cheap to find out: V8's objects and their texts.

const object = 64;
const ofList = 16;

function bytesOfTexts(texts: readonly string[] | undefined): number {
  return texts === undefined ? 0 : texts.reduce((sum, { length }) => sum + length + object / 2, ofList);
}

function bytesOfAdvisory(advisory: Advisory): number {
  const { id, ranges = [], versions, links, aliases, imports = [], reason = '', scope } = advisory;
  const functions = imports.reduce((sum, { functions: named }) => sum + object + bytesOfTexts(named), 0);
  const texts = bytesOfTexts(versions) + bytesOfTexts(links) + bytesOfTexts(aliases) + bytesOfTexts(scope?.cpes);
  return 3 * object + id.length + reason.length + ranges.length * 2 * object + texts + functions;
}

/** Of all groups about one name; a name without any is known as well. */
export function bytesOfGroups(groups: readonly AdvisoryGroup[]): number {
  return groups.reduce(
    (sum, { advisories }) => advisories.reduce((all, one) => all + bytesOfAdvisory(one), sum + 2 * object),
    object,
  );
}

function bytesOfRecord({ description = '', cvss = [], links, aliases, cwes }: VulnerabilityRecord): number {
  return (
    4 * object +
    description.length +
    cvss.length * 3 * object +
    bytesOfTexts(links) +
    bytesOfTexts(aliases) +
    bytesOfTexts(cwes)
  );
}

export function bytesOfRecords(vulnerability: Vulnerability | undefined): number {
  return (vulnerability?.texts ?? []).reduce((sum, text) => sum + bytesOfRecord(text), object);
}

export function bytesOfRepositories(repositories: readonly RepositoryProducts[]): number {
  return repositories.reduce((sum, { cpes }) => sum + object + bytesOfTexts(cpes), object);
}

export function bytesOfNames(names: readonly string[]): number {
  return bytesOfTexts(names);
}
