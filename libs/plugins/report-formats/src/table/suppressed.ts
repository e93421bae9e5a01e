import type { Report, ReportImage, SuppressedFinding, SuppressingSource } from '@clarion/model';
import { printable } from '../printable';
import { layOut, type TableCell } from './columns';
import { layerName } from './layer-name';
import { shortLocation } from './short-location';
import { count, severityPaint, type TextStyle } from './style';
import { wrap } from './text-width';

/** Suppressed findings are always counted: those of own data as a warning. On request each is listed with its reason. */
export function suppressedLines({ suppressed, image }: Report, look: TextStyle): string[] {
  const { findings, sources, list } = suppressed;
  if (findings === 0) return [];
  const { paint, width } = look;
  const lines = (kind: SuppressingSource['kind'], who: string): string[] => {
    const counted = sources.filter((source) => source.kind === kind);
    if (counted.length === 0) return [];
    const sum = counted.reduce((all, one) => all + one.findings, 0);
    const by = counted.map(({ id, findings: each }) => `${printable(id)} ${each}`).join(', ');
    return wrap(`${count(sum, 'finding')} suppressed by ${who}: ${by}.`, width);
  };
  return [
    ...(list === undefined ? [] : suppressedTable(list, image, look)),
    ...lines('own-data', 'own data').map((line) => paint.yellow(line)),
    ...lines('distribution', 'the distribution that owns the file').map((line) => paint.dim(line)),
    ...lines('program', 'programs that do not link what has the flaw').map((line) => paint.dim(line)),
  ];
}

function suppressedTable(list: readonly SuppressedFinding[], image: ReportImage, look: TextStyle): string[] {
  const columns = [
    { title: 'SUPPRESSED', least: 12 },
    { title: 'INSTALLED', least: 10 },
    { title: 'VULNERABILITY', least: 20 },
    { title: 'SEVERITY', least: 10 },
    { title: 'LAYER', least: 4 },
    { title: 'REASON', least: 20 },
  ];
  return layOut(
    columns,
    list.flatMap((one) => suppressedRows(one, image, look)),
    { ...look, indent: 0 },
  );
}

/** One row, and one with the file of a package of a language: the same package may be in many places. */
function suppressedRows(
  { id, severity, package: pkg, suppressedBy: { reason } }: SuppressedFinding,
  image: ReportImage,
  { paint }: TextStyle,
): TableCell[][] {
  const location = shortLocation(pkg);
  return [
    [
      { text: printable(pkg.name), paint: paint.bold },
      { text: printable(pkg.version) },
      { text: printable(id) },
      { text: severity, paint: severityPaint(paint, severity) },
      { text: layerName(image, pkg.layer), paint: paint.dim },
      { text: printable(reason), paint: paint.dim },
    ],
    ...(location === undefined ? [] : [[{ text: location, paint: paint.dim, indent: 2 }]]),
  ];
}
