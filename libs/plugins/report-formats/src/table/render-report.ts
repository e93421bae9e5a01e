import { type Finding, type RenderStyle, type Report, severities } from '@clarion/model';

import { details } from './details';
import { exploitedLines } from './exploitation';
import { findingsTable } from './findings-table';
import { printable } from '../printable';
import { gaps } from './gaps';
import { header, unsupported } from './header';
import { packagesTable } from './packages-table';
import { count, type TextStyle, lookOf, packagesText, severityPaint } from './style';
import { suppressedLines } from './suppressed';
import { wrap } from './text-width';

/** The report as text: what was scanned, findings, what is not covered, and a summary as the last line. */
export function renderReport(report: Report, style: RenderStyle): string {
  const look = lookOf(style);
  const missing = gaps(report, look);
  const sections = [
    header(report, look, report.coverage),
    report.findings.length > 0 ? findingsTable(report.findings, report.image, look) : [],
    details({ findings: report.findings, image: report.image, all: style.details ?? false }, look),
    style.listPackages ? quietPackages(report, look) : [],
    missing.length > 0 ? [look.paint.bold('Not covered by this report'), ...missing] : [],
    suppressedLines(report, look),
    conclusion(report, look),
  ];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

/** Packages without findings, on request. */
function quietPackages(report: Report, look: TextStyle): string[] {
  const found = new Set(report.findings.map(({ package: pkg }) => identity(pkg)));
  const quiet = report.packages.filter((pkg) => !found.has(identity(pkg)));
  if (quiet.length === 0) return [];
  return [look.paint.bold('Packages without findings'), ...packagesTable(quiet, report, look)];
}

function identity(pkg: { name: string; version: string; architecture: string | null; path: string }): string {
  return JSON.stringify([pkg.name, pkg.version, pkg.architecture, pkg.path]);
}

/** The last line: the sum of the findings, or what their absence means. It never reassures more than is known. */
function conclusion(report: Report, look: TextStyle): string[] {
  const { paint, width } = look;
  const { findings, packages, coverage } = report;
  const hidden = hiddenText(report);
  if (findings.length > 0) {
    const incomplete = wrap('The report is incomplete: there may be more.', width).map((line) => paint.yellow(line));
    const left = hidden === undefined ? [] : wrap(`Not listed: ${hidden}.`, width);
    return [
      ...exploitedLines(findings, look),
      severityLine(report, look),
      ...fixLines(report, look),
      ...left,
      ...(coverage.complete ? [] : incomplete),
    ];
  }
  if (hidden !== undefined) {
    return wrap(`Nothing to show. Not listed: ${hidden}.`, width).map((line) => paint.yellow(line));
  }
  const ended = unsupported(coverage).map(printable);
  const isClean = coverage.complete && ended.length === 0;
  const text = isClean
    ? `✓ Nothing found: ${comparedText(packages.length)} compared with up-to-date advisories.`
    : `${emptyText(report, ended)} That does not mean that there are no vulnerabilities.`;
  return wrap(text, width).map((line) => (isClean ? paint.green(line) : paint.yellow(line)));
}

/** How many findings are not in the table, each under the reason; undefined where all are. */
function hiddenText({ filtered }: Report): string | undefined {
  if (filtered === undefined) return undefined;
  const { unfixed, kernelHeaders, severity } = filtered;
  const reasons = [
    [unfixed, 'without a fix (--ignore-unfixed)'],
    [kernelHeaders, 'of packages with nothing but kernel headers (--format json lists them)'],
    [severity, 'of another severity (--severity)'],
  ] as const;
  const parts = reasons.flatMap(([number, reason]) => (number > 0 ? [`${count(number, 'finding')} ${reason}`] : []));
  return parts.length === 0 ? undefined : parts.join(', ');
}

function comparedText(packages: number): string {
  return packages === 1 ? 'the only package was' : `all ${packages} packages were`;
}

function emptyText({ packages, coverage }: Report, ended: readonly string[]): string {
  if (packages.length === 0) return 'No packages were found in this image, so nothing could be compared.';
  if (coverage.complete) return `Nothing found, but advisories for ${ended.join(', ')} ended with its support.`;
  return 'Nothing found, but this report is incomplete.';
}

function severityLine({ findings, summary, countedApart }: Report, { paint }: TextStyle): string {
  const bySeverity = severities
    .filter((severity) => summary[severity] > 0)
    .map((severity) => severityPaint(paint, severity)(`${summary[severity]} ${severity}`));
  const apart = countedApart === undefined ? [] : apartTexts(countedApart).map(paint.dim);
  return `${paint.bold(count(findings.length, 'finding'))}: ${[...bySeverity, ...apart].join(', ')}`;
}

/** What is no vulnerability, or not certain to be one. */
function apartTexts({ malicious, informational, otherArchitecture }: NonNullable<Report['countedApart']>): string[] {
  return [
    ...(malicious > 0 ? [count(malicious, 'malicious package')] : []),
    ...(informational > 0 ? [count(informational, 'notice')] : []),
    ...(otherArchitecture > 0 ? [`${otherArchitecture} reported for other architectures only (?)`] : []),
  ];
}

function fixLines({ findings, totals }: Report, { width }: TextStyle): string[] {
  const { uniqueVulnerabilities, occurrences } = totals;
  const vulnerabilities = findings.filter(({ kind }) => kind === undefined);
  if (vulnerabilities.length === 0) return [];
  const packages = new Set(vulnerabilities.map(({ package: pkg }) => identity(pkg))).size;
  const fixable = vulnerabilities.filter(({ fixedIn }) => fixedIn !== null).length;
  const unique = count(uniqueVulnerabilities, 'unique vulnerability', 'unique vulnerabilities');
  const of = `${unique}, ${count(occurrences, 'occurrence')} in ${packagesText(packages)}`;
  if (fixable === 0) return wrap(`${of}; no update fixes any of them yet. ${whatThen(vulnerabilities)}`, width);
  const fixed = fixable === vulnerabilities.length ? 'all of them' : `${fixable} of the findings`;
  return wrap(`${of}; an update fixes ${fixed}.`, width);
}

/** What helps where no update does. */
function whatThen(findings: readonly Finding[]): string {
  if (findings.some(({ fixAvailableIn }) => fixAvailableIn !== undefined)) {
    return 'Fixes exist in a channel that this image does not use (fixAvailableIn in the JSON report).';
  }
  if (findings.every(({ state }) => state === 'end_of_life')) {
    return 'The distribution is not supported any more: rebuild on a release that is.';
  }
  return 'Remove the packages that are not needed, or rebuild on a base image without them; the next feed update may bring fixes.';
}
