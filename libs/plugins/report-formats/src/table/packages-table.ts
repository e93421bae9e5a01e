import { ecosystemOf, ecosystemOfNamespace } from '@clarion/ecosystems';
import { compareText, type ImageInventory, type ReportPackage } from '@clarion/model';

import { printable } from '../printable';
import { type TableCell, type TableColumn, layOut } from './columns';
import { packagesText, type TextStyle } from './style';
import { layerName, shortPath } from './layer-name';

const roomForSource = 96;

/** Lines of a table of packages for each ecosystem, those of the distribution first. */
export function packagesTable(
  packages: readonly ReportPackage[],
  inventory: ImageInventory,
  look: TextStyle,
): string[] {
  const groups = packagesByType(packages);
  if (groups.length === 1) return tableOf(packages, inventory, look);
  return groups.flatMap(([type, ofType], index) => [
    ...(index === 0 ? [] : ['']),
    `  ${look.paint.bold(printable(type))} ${look.paint.dim(packagesText(ofType.length))}`,
    ...tableOf(ofType, inventory, look),
  ]);
}

/** The packages of each type, those of distributions first, then by name. */
export function packagesByType(
  packages: readonly ReportPackage[],
): readonly (readonly [string, readonly ReportPackage[]])[] {
  const byType = new Map<string, ReportPackage[]>();
  for (const pkg of packages) {
    const known = byType.get(pkg.type);
    if (known === undefined) byType.set(pkg.type, [pkg]);
    else known.push(pkg);
  }
  const rank = (type: string): number => Number(ecosystemOf(type)?.namespace !== undefined);
  return [...byType].sort(([a], [b]) => rank(a) - rank(b) || compareText(a, b));
}

function tableOf(packages: readonly ReportPackage[], { image }: ImageInventory, look: TextStyle): string[] {
  const withSource = look.width >= roomForSource;
  const columns: TableColumn[] = [
    { title: 'PACKAGE', least: 16 },
    { title: 'VERSION', least: 12 },
    { title: 'ARCH', least: 5 },
    ...(withSource ? [{ title: 'SOURCE', least: 10 }] : []),
    { title: 'LAYER', least: 4 },
  ];
  const rows = packages.map((pkg): TableCell[] => [
    { text: `${printable(pkg.name)}${pkg.confidence === 'inferred' ? ' (inferred)' : ''}` },
    { text: printable(pkg.version) },
    { text: printable(pkg.architecture ?? '') },
    ...(withSource ? [{ text: sourceText(pkg), paint: look.paint.dim }] : []),
    { text: `${layerName(image, pkg.layer)} ${pathText(pkg)}`, paint: look.paint.dim },
  ]);
  return layOut(columns, rows, { ...look, indent: 2 });
}

/** Of a package of a language the whole path matters: it may be installed a hundred times. */
function pathText({ namespace, path }: ReportPackage): string {
  return ecosystemOfNamespace(namespace ?? '') === undefined ? shortPath(path) : printable(path);
}

/** The package of the distribution that owns the file; else the source package where its name or version differs from that of the package. */
function sourceText({ name, version, source, sourceVersion, owner }: ReportPackage): string {
  if (owner !== undefined) return `owned by ${printable(owner)}`;
  const otherName = source === null || source === name ? '' : source;
  const otherVersion = sourceVersion === null || sourceVersion === version ? '' : sourceVersion;
  return printable([otherName, otherVersion].filter((part) => part !== '').join(' '));
}
