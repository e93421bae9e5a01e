import type { ImageInventory, ReportPackage } from '@clarion/model';

import { printable } from '../printable';
import { type TableCell, type TableColumn, layOut } from './columns';
import type { TextStyle } from './style';
import { layerName, shortPath } from './layer-name';

const roomForSource = 96;

/** Lines of a table of packages. */
export function packagesTable(
  packages: readonly ReportPackage[],
  { image }: ImageInventory,
  look: TextStyle,
): string[] {
  const withSource = look.width >= roomForSource;
  const columns: TableColumn[] = [
    { title: 'PACKAGE', least: 16 },
    { title: 'VERSION', least: 12 },
    { title: 'ARCH', least: 5 },
    ...(withSource ? [{ title: 'SOURCE', least: 10 }] : []),
    { title: 'LAYER', least: 4 },
  ];
  const rows = packages.map((pkg): TableCell[] => [
    { text: printable(pkg.name) },
    { text: printable(pkg.version) },
    { text: printable(pkg.architecture ?? '') },
    ...(withSource ? [{ text: sourceText(pkg), paint: look.paint.dim }] : []),
    { text: `${layerName(image, pkg.layer)} ${shortPath(pkg.path)}`, paint: look.paint.dim },
  ]);
  return layOut(columns, rows, { ...look, indent: 2 });
}

/** The source package where its name or version differs from that of the package. */
function sourceText({ name, version, source, sourceVersion }: ReportPackage): string {
  const otherName = source === null || source === name ? '' : source;
  const otherVersion = sourceVersion === null || sourceVersion === version ? '' : sourceVersion;
  return printable([otherName, otherVersion].filter((part) => part !== '').join(' '));
}
