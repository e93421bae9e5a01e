import { sortInTurns } from '@clarion/deadlines';
import { byTexts, type Finding, type Comparator, type ReportPackage, severities } from '@clarion/model';

/** Packages by namespace, name, version, architecture, path; the rest only makes the order total. */
export const byPackage: Comparator<ReportPackage> = byTexts(
  (p) => p.namespace,
  (p) => p.name,
  (p) => p.version,
  (p) => p.architecture,
  (p) => p.path,
  (p) => p.type,
  (p) => p.source,
  (p) => p.sourceVersion,
  (p) => p.module,
  (p) => p.layer,
);

const byIdAndPackage: Comparator<Finding> = byTexts(
  (f) => f.id,
  (f) => f.package.namespace,
  (f) => f.package.name,
  (f) => f.package.version,
  (f) => f.package.architecture,
  (f) => f.package.path,
  (f) => f.package.layer,
  (f) => f.source?.name,
  (f) => f.source?.version,
  (f) => f.state,
  (f) => f.fixedIn,
);

/** Findings from most to least severe, then by id, then by package. */
export function sortedFindings<Sorted extends Finding>(findings: readonly Sorted[]): readonly Sorted[] {
  return severities.flatMap((severity) => findings.filter((f) => f.severity === severity).sort(byIdAndPackage));
}

/** `sortedFindings` for a server that answers callers meanwhile. */
export async function sortedInTurns(findings: readonly Finding[]): Promise<readonly Finding[]> {
  const rank = new Map(severities.map((severity, at) => [severity, at]));
  const rankOf = ({ severity }: Finding): number => rank.get(severity) ?? severities.length;
  return sortInTurns(findings, (a, b) => rankOf(a) - rankOf(b) || byIdAndPackage(a, b));
}
