import {
  type ReportCoverage,
  type CoveredNamespace,
  type Finding,
  type FindingKnownExploited,
  type ImageInventory,
  type MissingDocument,
  type RenderedText,
  type Report,
  type ReportImage,
  type ReportNamespace,
  type ReportPackage,
  type ReportProblem,
  severities,
  type SuppressedFinding,
  type SuppressedFindings,
  type UncoveredPackage,
  type UnreadEcosystem,
} from '@clarion/model';

import { mapped, printableJson } from '../printable';

// Every object is written out: the order of keys is part of the contract, and only members of the schema appear.

/** The native report as JSON text. */
export function renderReport(report: Report): RenderedText {
  return printableJson({
    ...head(report),
    findings: mapped(report.findings, finding),
    coverage: coverage(report.coverage),
    suppressed: suppressed(report.suppressed),
    problems: report.problems.map(problem),
    summary: Object.fromEntries(severities.map((severity) => [severity, report.summary[severity]])),
    totals: totals(report),
    ...countedApart(report),
    ...filtered(report),
  } satisfies Record<keyof Omit<Report, 'countedApart' | 'filtered'>, unknown>);
}

function filtered({ filtered: counts }: Report): Pick<Report, 'filtered'> {
  if (counts === undefined) return {};
  const { unfixed, kernelHeaders, severity } = counts;
  return { filtered: { unfixed, kernelHeaders, severity } };
}

function totals({ totals: { uniqueVulnerabilities, occurrences } }: Report): Report['totals'] {
  return { uniqueVulnerabilities, occurrences };
}

function countedApart({ countedApart: counts }: Report): Pick<Report, 'countedApart'> {
  if (counts === undefined) return {};
  return {
    countedApart: {
      malicious: counts.malicious,
      informational: counts.informational,
      otherArchitecture: counts.otherArchitecture,
    },
  };
}

/** The inventory as JSON text: the report's shape without everything that is about vulnerabilities. */
export function renderInventory(inventory: ImageInventory): RenderedText {
  return printableJson({
    ...head(inventory),
    ...(inventory.ecosystems === undefined ? {} : { ecosystems: inventory.ecosystems.map(unread) }),
    problems: inventory.problems.map(problem),
  } satisfies Record<keyof Omit<ImageInventory, 'ecosystems'>, unknown>);
}

function head(inventory: ImageInventory): Record<Exclude<keyof ImageInventory, 'problems' | 'ecosystems'>, unknown> {
  return {
    schemaVersion: inventory.schemaVersion,
    clarion: { version: inventory.clarion.version },
    image: image(inventory.image),
    namespaces: inventory.namespaces.map(namespace),
    packages: mapped(inventory.packages, installed),
  };
}

function image({ reference, manifestDigest, platform, layers }: ReportImage): ReportImage {
  return {
    reference,
    manifestDigest,
    platform,
    layers: layers.map(({ diffId, digest, createdBy }) => ({ diffId, digest, createdBy })),
  };
}

function namespace({ id, path, layer }: ReportNamespace): ReportNamespace {
  return { id, path, layer };
}

function installed(pkg: ReportPackage): ReportPackage {
  return {
    name: pkg.name,
    version: pkg.version,
    namespace: pkg.namespace,
    type: pkg.type,
    architecture: pkg.architecture,
    source: pkg.source,
    sourceVersion: pkg.sourceVersion,
    module: pkg.module,
    path: pkg.path,
    layer: pkg.layer,
    purl: pkg.purl,
    ...(pkg.license === undefined ? {} : { license: pkg.license }),
    ...(pkg.cpe === undefined ? {} : { cpe: pkg.cpe }),
    ...(pkg.confidence === undefined ? {} : { confidence: pkg.confidence }),
    ...(pkg.owner === undefined ? {} : { owner: pkg.owner }),
  };
}

function finding(found: Finding): Finding {
  const { name, version, namespace: home, type, architecture, path, layer, purl } = found.package;
  const { instruction, confidence, owner } = found.package;
  return {
    id: found.id,
    aliases: found.aliases,
    severity: found.severity,
    severitySource: found.severitySource,
    severities: found.severities.map(({ source, severity, scoredBy, score, vector }) => {
      return { source, severity, scoredBy, score, vector };
    }),
    state: found.state,
    fixedIn: found.fixedIn,
    ...(found.nearestFix === undefined ? {} : { nearestFix: found.nearestFix }),
    ...(found.remedy === undefined ? {} : { remedy: found.remedy }),
    ...(found.fixAvailableIn === undefined ? {} : { fixAvailableIn: found.fixAvailableIn }),
    ...(found.kind === undefined ? {} : { kind: found.kind }),
    ...(found.certainty === undefined ? {} : { certainty: found.certainty }),
    package: {
      ...{ name, version, namespace: home, type, architecture, path, layer, purl },
      ...(instruction === undefined ? {} : { instruction }),
      ...(confidence === undefined ? {} : { confidence }),
      ...(owner === undefined ? {} : { owner }),
    },
    source: found.source && { name: found.source.name, version: found.source.version },
    statements: found.statements.map(({ feed, id, state, fixedIn, severity, reason }) => {
      return { feed, id, state, fixedIn, severity, reason };
    }),
    description: found.description,
    cwes: found.cwes,
    published: found.published,
    epss: found.epss && { score: found.epss.score, percentile: found.epss.percentile, date: found.epss.date },
    knownExploited: found.knownExploited && exploited(found.knownExploited),
    links: found.links,
  };
}

function exploited(known: FindingKnownExploited): FindingKnownExploited {
  const { dateAdded, dueDate, requiredAction, ransomware } = known;
  return { dateAdded, dueDate, requiredAction, ransomware };
}

function unread({ id, files, example, layer, reason, detectorsOff }: UnreadEcosystem): UnreadEcosystem {
  return { id, files, example, layer, reason, ...(detectorsOff && { detectorsOff }) };
}

function coverage(covered: ReportCoverage): ReportCoverage {
  return {
    namespaces: covered.namespaces.map(coveredNamespace),
    uncovered: covered.uncovered.map(uncovered),
    undetermined: covered.undetermined.map((pkg) => ({
      ...uncovered(pkg),
      vulnerability: pkg.vulnerability,
      ...(pkg.noAdvisories && { noAdvisories: pkg.noAdvisories }),
    })),
    feeds: covered.feeds.map(({ id, role, updatedAt, revision, stale, missing }) => {
      return { id, role, updatedAt, revision, stale, ...(missing && { missing: missing.map(missingDocument) }) };
    }),
    ecosystems: covered.ecosystems.map((one) => ({ ...unread(one), accepted: one.accepted })),
    complete: covered.complete,
  };
}

function coveredNamespace({ id, feeds, endOfLife, support, partial }: CoveredNamespace): CoveredNamespace {
  const lacking = partial?.map(({ feed, missing, reason }) => ({ feed, missing, reason }));
  return { id, feeds, endOfLife, support, ...(lacking && { partial: lacking }) };
}

function missingDocument(document: MissingDocument): MissingDocument {
  const { name, ids, namespaces, origin, architecture, onlyRemoves } = document;
  return {
    name,
    ...(ids && { ids }),
    ...(namespaces && { namespaces }),
    ...(origin === undefined ? {} : { origin }),
    ...(architecture === undefined ? {} : { architecture }),
    ...(onlyRemoves && { onlyRemoves }),
  };
}

function suppressed({ findings, sources, list }: SuppressedFindings): unknown {
  return {
    findings,
    sources: sources.map(({ kind, id, findings: count }) => ({ kind, id, findings: count })),
    // Only members of the report itself are written element by element.
    ...(list && { list: list.map(suppressedFinding) }),
  } satisfies Record<Exclude<keyof SuppressedFindings, 'list'>, unknown>;
}

function suppressedFinding(found: SuppressedFinding): SuppressedFinding {
  const { kind, id, reason } = found.suppressedBy;
  return { ...finding(found), suppressedBy: { kind, id, reason } };
}

function uncovered({ package: name, version, namespace: home, reason }: UncoveredPackage): UncoveredPackage {
  return { package: name, version, namespace: home, reason };
}

function problem({ layer, path, code, message }: ReportProblem): ReportProblem {
  return { layer, path, code, message };
}
