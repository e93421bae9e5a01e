import { shortenText } from '@clarion/file-formats';
import { compareSeverity, type Finding } from '@clarion/model';

import { printable } from '../printable';
import { exploitedFirst } from './finding-blocks';
import { type TextStyle, severityPaint } from './style';
import { wrap } from './text-width';

/** Vulnerabilities that are described by default; `--details` describes all. */
const mostDescribed = 10;
/** UTF-16 units of a description, and columns of its lines where the output is not a terminal. */
const longestDescription = 240;
const widestLine = 120;

/** Lines that describe the vulnerabilities that matter: exploited, Critical and High ones, each with a link. */
export function details(findings: readonly Finding[], look: TextStyle, all: boolean): string[] {
  const matters = ({ severity, knownExploited }: Finding): boolean =>
    knownExploited !== null || compareSeverity(severity, 'High') <= 0;
  const chosen = byVulnerability(all ? findings : findings.filter(matters));
  if (chosen.length === 0) return [];
  const described = all ? chosen : chosen.slice(0, mostDescribed);
  const rest = chosen.length - described.length;
  const { paint } = look;
  return [
    paint.bold(all ? 'What they are' : 'What matters'),
    ...described.flatMap((finding) => describe(finding, look)),
    ...(rest > 0 ? [paint.dim(`  ${rest} more are described with --details`)] : []),
  ];
}

/** One finding a vulnerability, exploited ones first, then by severity. */
function byVulnerability(findings: readonly Finding[]): readonly Finding[] {
  const first = new Map<string, Finding>();
  for (const finding of findings) if (!first.has(finding.id)) first.set(finding.id, finding);
  return [...first.values()].sort((a, b) => exploitedFirst(a, b) || compareSeverity(a.severity, b.severity));
}

function describe(finding: Finding, look: TextStyle): string[] {
  const { paint } = look;
  const { id, severity, source, package: pkg, description, links } = finding;
  const name = printable(source?.name ?? pkg.name);
  const width = Math.min(look.width, widestLine) - 4;
  const text = shortenText((description ?? '').replace(/\s+/g, ' ').trim(), longestDescription);
  const lines = text === '' ? [] : wrap(printable(text), width);
  const [link] = links;
  const colour = severityPaint(paint, severity);
  const headline = wrap(`${printable(id)} (${severity}, ${name})`, width).map((line) => `  ${colour(line)}`);
  return [
    ...headline,
    ...lines.map((line) => `    ${line}`),
    // A link broken into two lines cannot be followed.
    ...(link === undefined || link.length > width ? [] : [`    ${paint.dim(printable(link))}`]),
  ];
}
