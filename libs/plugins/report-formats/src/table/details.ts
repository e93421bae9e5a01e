import { shortenText } from '@clarion/file-formats';
import { compareSeverity, type Finding, type ReportImage } from '@clarion/model';

import { printable } from '../printable';
import { exploitedFirst } from './finding-blocks';
import { kindWords } from './kind-words';
import { plainDescription } from './plain-description';
import { locationLines } from './finding-locations';
import { type TextStyle, severityPaint } from './style';
import { wrap } from './text-width';

/** Vulnerabilities that are described by default; `--details` describes all. */
const mostDescribed = 10;
/** UTF-16 units of a description, and columns of its lines where the output is not a terminal. */
const longestDescription = 240;
const widestLine = 120;

/** What is described, and how far. */
export interface DetailedFindings {
  readonly findings: readonly Finding[];
  readonly image: ReportImage;
  /** Everything, not only what matters. */
  readonly all: boolean;
}

/**
 * Lines that describe the vulnerabilities that matter: exploited, Critical and High ones, each with a link, and with the
 * files that prove the packages and what to do about them.
 */
export function details({ findings, image, all }: DetailedFindings, look: TextStyle): string[] {
  const matters = ({ severity, knownExploited }: Finding): boolean =>
    knownExploited !== null || compareSeverity(severity, 'High') <= 0;
  const chosen = byVulnerability(all ? findings : findings.filter(matters));
  if (chosen.length === 0) return [];
  const described = all ? chosen : chosen.slice(0, mostDescribed);
  const rest = chosen.length - described.length;
  const { paint } = look;
  return [
    paint.bold(all ? 'What they are' : 'What matters'),
    ...described.flatMap((same) => [...describe(same, look), ...locationLines(same, { image, all }, look)]),
    ...(rest > 0 ? [paint.dim(`  ${rest} more are described with --details`)] : []),
  ];
}

/** The findings of each vulnerability, exploited ones first, then by severity. */
function byVulnerability(findings: readonly Finding[]): readonly (readonly [Finding, ...Finding[]])[] {
  const same = new Map<string, [Finding, ...Finding[]]>();
  for (const finding of findings) {
    const known = same.get(finding.id);
    if (known === undefined) same.set(finding.id, [finding]);
    else known.push(finding);
  }
  return [...same.values()].sort(([a], [b]) => exploitedFirst(a, b) || compareSeverity(a.severity, b.severity));
}

function describe([finding]: readonly [Finding, ...Finding[]], look: TextStyle): string[] {
  const { paint } = look;
  const { id, severity, source, package: pkg, description, links } = finding;
  const name = printable(source?.name ?? pkg.name);
  const width = Math.min(look.width, widestLine) - 4;
  const text = shortenText(plainDescription(description ?? ''), longestDescription);
  const lines = text === '' ? [] : wrap(printable(text), width);
  const [link] = links;
  const colour = severityPaint(paint, severity);
  const headline = wrap(`${printable(id)} (${severity}, ${[name, ...kindWords(finding)].join(', ')})`, width).map(
    (line) => `  ${colour(line)}`,
  );
  return [
    ...headline,
    ...lines.map((line) => `    ${line}`),
    // A link broken into two lines cannot be followed.
    ...(link === undefined || link.length > width ? [] : [`    ${paint.dim(printable(link))}`]),
  ];
}
