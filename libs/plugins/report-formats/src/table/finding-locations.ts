import { ecosystemOfNamespace } from '@clarion/ecosystems';
import type { Finding, ReportImage } from '@clarion/model';

import { printable } from '../printable';
import { layerName } from './layer-name';
import type { TextStyle } from './style';
import { writtenVersion } from './written-version';
import { wrap } from './text-width';

/** Files listed for one vulnerability before "and 12 more"; the JSON report has all. */
const mostFiles = 10;
const fewFiles = 3;

interface LocationOptions {
  readonly image: ReportImage;
  /** More of them, and those of distributions too, whose packages are all proven by one database. */
  readonly all: boolean;
}

/** Lines with the file that proves each package with a vulnerability, its layer, and what to do about it. */
export function locationLines(
  findings: readonly Finding[],
  { image, all }: LocationOptions,
  look: TextStyle,
): string[] {
  const locations = [...new Map(findings.filter((one) => all || isOfLanguage(one)).map(byLocation)).values()];
  const most = all ? mostFiles : fewFiles;
  const { paint, width } = look;
  const more = locations.length - most;
  return [
    ...locations
      .slice(0, most)
      .flatMap((finding) => [
        ...indented(locationText(finding, image), 4, width).map((line) => paint.dim(line)),
        ...indented(remedyText(finding), 6, width),
      ]),
    ...(more > 0 ? [paint.dim(`    and in ${more} more`)] : []),
  ];
}

function isOfLanguage({ package: { namespace } }: Finding): boolean {
  return ecosystemOfNamespace(namespace) !== undefined;
}

/** The binary packages of one database are one location. */
function byLocation(finding: Finding): readonly [string, Finding] {
  const { path, layer } = finding.package;
  return [JSON.stringify([path, layer, finding.remedy]), finding];
}

function locationText({ package: { path, layer, instruction, confidence } }: Finding, image: ReportImage): string {
  const made = instruction === undefined ? '' : ` (${printable(instruction.replace(/\s+/g, ' '))})`;
  return `in ${printable(path)}${confidence === 'inferred' ? ', inferred' : ''}, layer ${layerName(image, layer)}${made}`;
}

function remedyText(finding: Finding): string {
  const { remedy, fixedIn, nearestFix } = finding;
  if (remedy === undefined) return '';
  if (nearestFix === undefined || nearestFix === fixedIn || fixedIn === null) return printable(remedy);
  const nearest =
    nearestFix === null
      ? 'the installed major line has no fix'
      : `${writtenVersion(finding, nearestFix)} is the nearest fix`;
  return printable(`${remedy}; ${nearest}`);
}

function indented(text: string, indent: number, width: number): string[] {
  return text === '' ? [] : wrap(text, width - indent).map((line) => `${' '.repeat(indent)}${line}`);
}
