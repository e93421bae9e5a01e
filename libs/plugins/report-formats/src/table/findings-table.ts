import type { AdvisoryState, Finding, FindingKind, ReportImage } from '@clarion/model';

import { printable } from '../printable';
import { type TableCell, type TableColumn, layOut } from './columns';
import { anyExploited, exploitationCell } from './exploitation';
import { type FindingBlock, findingBlocks } from './finding-blocks';
import { writtenVersion } from './written-version';
import { kindWords } from './kind-words';
import { layerName, shortPath } from './layer-name';
import { severityPaint, type TextColours, type TextStyle } from './style';
import { wrap } from './text-width';

/** The states in words that cannot be misread: "fixed" alone sounds as if nothing had to be done. */
const stateWords = {
  fixed: 'fix available',
  affected: 'no fix yet',
  will_not_fix: 'will not fix',
  fix_deferred: 'fix deferred',
  end_of_life: 'end of life',
  under_investigation: 'investigating',
  not_affected: 'not affected',
} satisfies Record<AdvisoryState, string>;

/** The states of what is no vulnerability: no fix is to be expected. */
const kindStates: Readonly<Record<FindingKind, string>> = { malicious: 'remove it', informational: 'notice' };

const packageWidth = 28;
/**
 * From these widths on there is room for one more column. In narrower tables the least useful column is dropped first:
 * the state, which the column of fixes shows in short, then the layer. Exploitation is always shown.
 */
const roomForLayer = 96;
const roomForState = 112;
const roomForPath = 130;
/** What the column of exploitation takes from the others. */
const exploitationWidth = 9;

/** Lines of the table of findings. */
export function findingsTable(findings: readonly Finding[], image: ReportImage, look: TextStyle): string[] {
  const withExploitation = anyExploited(findings);
  const room = look.width - (withExploitation ? exploitationWidth : 0);
  const withLayer = look.width >= roomForLayer;
  const withState = room >= roomForState;
  const columns: TableColumn[] = [
    { title: 'PACKAGE', least: 12 },
    { title: 'INSTALLED', least: 10 },
    { title: 'VULNERABILITY', least: 20 },
    { title: 'SEVERITY', least: 10 },
    ...(withExploitation ? [{ title: 'EXPLOIT', least: 7 }] : []),
    ...(withState ? [{ title: 'STATE', least: 13 }] : []),
    { title: 'FIXED IN', least: 10 },
    ...(withLayer ? [{ title: 'LAYER', least: 4 }] : []),
  ];
  const rows = findingBlocks(findings).flatMap((block) => {
    const path = look.width >= roomForPath && block.location === undefined ? ` ${shortPath(block.path)}` : '';
    const layer = `${layerName(image, block.layer)}${path}`;
    return blockRows(block, { look, withState, withExploitation, layer: withLayer ? layer : undefined });
  });
  return layOut(columns, rows, { ...look, indent: withLayer ? 2 : 0 });
}

interface RowOptions {
  readonly look: TextStyle;
  readonly withState: boolean;
  readonly withExploitation: boolean;
  /** Undefined where there is no room for it. */
  readonly layer: string | undefined;
}

/** As many rows as there are findings or lines of package names: names are beside the findings, not above. */
function blockRows(block: FindingBlock, options: RowOptions): TableCell[][] {
  const { look, layer } = options;
  const { paint } = look;
  const names = wrap(block.binaries.map(printable).join(', '), packageWidth - 2).filter((line) => line !== '');
  const inferred = block.findings.some(({ package: { confidence } }) => confidence === 'inferred');
  const cells: TableCell[] = [
    { text: printable(block.source), paint: paint.bold },
    ...(inferred ? [{ text: 'inferred', paint: paint.yellow, indent: 2 }] : []),
    ...names.map((text) => ({ text, paint: paint.dim, indent: 2 })),
    ...(block.location === undefined ? [] : [{ text: block.location, paint: paint.dim, indent: 2 }]),
    ...fixOfAllCells(block, paint),
  ];
  return Array.from({ length: Math.max(cells.length, block.findings.length) }, (_, index) => [
    cells[index] ?? empty,
    index === 0 ? { text: printable(block.version) } : empty,
    ...findingCells(block.findings[index], options),
    ...(layer === undefined ? [] : [index === 0 ? { text: layer, paint: paint.dim } : empty]),
  ]);
}

/** One version for all vulnerabilities of the block, where their own ones differ. */
function fixOfAllCells({ findings }: FindingBlock, paint: TextColours): TableCell[] {
  const vulnerabilities = findings.filter(({ kind }) => kind === undefined);
  const fixed = vulnerabilities.filter(({ fixesAll }) => fixesAll !== undefined);
  const [first] = fixed;
  // A file of the distribution's package is not upgraded by itself.
  if (first?.fixesAll === undefined || first.package.owner !== undefined) return [];
  if (new Set(fixed.map(({ fixedIn }) => fixedIn)).size < 2) return [];
  const which = fixed.length === vulnerabilities.length ? 'all' : `${fixed.length} of ${vulnerabilities.length}`;
  return [
    { text: `${printable(writtenVersion(first, first.fixesAll))} fixes ${which}`, paint: paint.green, indent: 2 },
  ];
}

const empty: TableCell = { text: '' };

function findingCells(finding: Finding | undefined, options: RowOptions): TableCell[] {
  const { withState, withExploitation } = options;
  const { paint } = options.look;
  if (finding === undefined) return Array<TableCell>(3 + Number(withState) + Number(withExploitation)).fill(empty);
  const { id, severity, state, fixedIn, certainty } = finding;
  const [kind] = kindWords(finding);
  // Reported for another architecture: it may not apply here.
  const doubt = certainty === undefined ? '' : '?';
  const words: TableCell = {
    text: `${finding.kind === undefined ? stateWords[state] : kindStates[finding.kind]}${doubt}`,
    paint: paint.dim,
  };
  const fix: TableCell =
    fixedIn === null ? words : { text: `${printable(writtenVersion(finding, fixedIn))}${doubt}`, paint: paint.green };
  return [
    { text: [printable(id), ...(kind === undefined ? [] : [`(${kind})`])].join(' ') },
    { text: severity, paint: severityPaint(paint, severity) },
    ...(withExploitation ? [exploitationCell(finding, paint)] : []),
    ...(withState ? [words, fixedIn === null ? empty : fix] : [fix]),
  ];
}
