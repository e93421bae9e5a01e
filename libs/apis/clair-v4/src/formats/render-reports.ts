import type { Finding, ImageInventory, RenderedText, Report } from '@clarion/model';
import type { ClairIndexState, ClairVulnerability } from './clair-report';
import { clairVulnerability } from './clair-vulnerability';
import { enrichmentsOf } from './enrichments';
import { inventoryMembers, packageId, packageKey } from './inventory-members';
import { StreamedObject, writeJson } from './write-json';

/** What was found in the layers of an image. */
export function renderIndexReport(inventory: ImageInventory): RenderedText {
  const state: ClairIndexState = 'IndexFinished';
  return writeJson(
    Object.entries({
      manifest_hash: inventory.image.manifestDigest ?? '',
      state,
      ...inventoryMembers(inventory),
      success: true,
      err: '',
    }),
  );
}

/** The index report of an image that is not, or could not be, indexed. */
export function emptyIndexReport(digest: string, state: ClairIndexState, err: string): object {
  const found = { packages: {}, distributions: {}, repository: {}, environments: {} };
  return { manifest_hash: digest, state, ...found, success: false, err };
}

/** The same findings as the native report, each as a vulnerability of a package. */
export function renderVulnerabilityReport(report: Report, withScores: boolean): RenderedText {
  const { vulnerabilities, ofPackages, findings } = vulnerabilitiesOf(report);
  return writeJson(
    Object.entries({
      manifest_hash: report.image.manifestDigest ?? '',
      ...inventoryMembers(report),
      vulnerabilities: new StreamedObject(vulnerabilities),
      package_vulnerabilities: new StreamedObject(listed(ofPackages)),
      enrichments: enrichmentsOf(findings, withScores),
    }),
  );
}

interface FoundVulnerabilities {
  readonly vulnerabilities: ReadonlyMap<string, ClairVulnerability>;
  readonly ofPackages: ReadonlyMap<string, ReadonlySet<string>>;
  /** One finding of each vulnerability. */
  readonly findings: ReadonlyMap<string, Finding>;
}

function vulnerabilitiesOf({ packages, findings }: Report): FoundVulnerabilities {
  const ids = new Map<string, string[]>();
  for (const one of packages) {
    const key = packageKey(one);
    ids.set(key, [...(ids.get(key) ?? []), packageId(one)]);
  }
  const vulnerabilities = new Map<string, ClairVulnerability>();
  const ofPackages = new Map<string, Set<string>>();
  const byVulnerability = new Map<string, Finding>();
  for (const finding of findings) {
    const vulnerability = clairVulnerability(finding);
    vulnerabilities.set(vulnerability.id, vulnerability);
    byVulnerability.set(vulnerability.id, finding);
    for (const id of ids.get(packageKey(finding.package)) ?? []) {
      const known = ofPackages.get(id) ?? new Set();
      ofPackages.set(id, known.add(vulnerability.id));
    }
  }
  return { vulnerabilities, ofPackages, findings: byVulnerability };
}

function* listed(sets: ReadonlyMap<string, ReadonlySet<string>>): Generator<[string, readonly string[]]> {
  for (const [id, set] of sets) yield [id, [...set]];
}
