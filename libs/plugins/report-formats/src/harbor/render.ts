import { compareSeverity, type Finding, type RenderedText, type Report, type ReportImage } from '@clarion/model';
import { mapped, printableJson } from '../printable';
import { itemKey, itemOf } from './item';
import { latestData, otherGaps, unsupportedSystems } from './coverage-gaps';

/** The members are in this order, `vulnerabilities` last: what is before it can be read without reading the report. */
export function renderReport(report: Report): RenderedText {
  const { image, findings, coverage, clarion } = report;
  const groups = grouped(findings);
  const [unsupported, gaps] = [unsupportedSystems(report), otherGaps(report)];
  const worst = findings.map(({ severity }) => severity).sort(compareSeverity)[0] ?? 'None';
  return printableJson({
    generated_at: latestData(coverage),
    artifact: artifactOf(image),
    scanner: { name: 'Clarion', vendor: 'Clarion', version: clarion.version },
    severity: worst,
    vendor_attributes: {
      complete: coverage.complete,
      ...(unsupported.length === 0 ? {} : { unsupported }),
      ...(gaps.length === 0 ? {} : { gaps }),
      ...(report.suppressed.findings === 0 ? {} : { suppressed: report.suppressed.findings }),
    },
    vulnerabilities: mapped(groups.values(), (group) => itemOf(group, image.manifestDigest)),
  });
}

type Group = [Finding, ...Finding[]];

/** In the order of the first finding of each. */
function grouped(findings: readonly Finding[]): ReadonlyMap<string, Group> {
  const groups = new Map<string, Group>();
  for (const finding of findings) {
    const key = itemKey(finding);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [finding]);
    else group.push(finding);
  }
  return groups;
}

/** As far as the reference says it: `registry.example/library/app:1`. */
function artifactOf({ reference, manifestDigest }: ReportImage): object {
  const [named = ''] = reference.split('@', 1);
  const slash = named.indexOf('/');
  const path = named.slice(slash + 1);
  const colon = path.indexOf(':');
  return {
    repository: colon < 0 ? path : path.slice(0, colon),
    ...(colon < 0 ? {} : { tag: path.slice(colon + 1) }),
    ...(manifestDigest === null ? {} : { digest: manifestDigest }),
  };
}
