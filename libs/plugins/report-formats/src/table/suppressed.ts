import type { Report, SuppressingSource } from '@clarion/model';
import { printable } from '../printable';
import { layOut } from './columns';
import { count, severityPaint, type TextStyle } from './style';
import { wrap } from './text-width';

/** Suppressed findings are always counted: those of own data as a warning. On request each is listed with its reason. */
export function suppressedLines({ suppressed: { findings, sources, list } }: Report, look: TextStyle): string[] {
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
    ...(list === undefined ? [] : suppressedTable(list, look)),
    ...lines('own-data', 'own data').map((line) => paint.yellow(line)),
    ...lines('distribution', 'the distribution that owns the file').map((line) => paint.dim(line)),
    ...lines('program', 'programs that do not link what has the flaw').map((line) => paint.dim(line)),
  ];
}

function suppressedTable(list: NonNullable<Report['suppressed']['list']>, look: TextStyle): string[] {
  const { paint } = look;
  const columns = [
    { title: 'SUPPRESSED', least: 12 },
    { title: 'INSTALLED', least: 10 },
    { title: 'VULNERABILITY', least: 20 },
    { title: 'SEVERITY', least: 10 },
    { title: 'REASON', least: 20 },
  ];
  const rows = list.map(({ id, severity, package: { name, version }, suppressedBy: { reason } }) => [
    { text: printable(name), paint: paint.bold },
    { text: printable(version) },
    { text: printable(id) },
    { text: severity, paint: severityPaint(paint, severity) },
    { text: printable(reason), paint: paint.dim },
  ]);
  return layOut(columns, rows, { ...look, indent: 0 });
}
