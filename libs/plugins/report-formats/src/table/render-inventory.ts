import type { ImageInventory, RenderStyle } from '@clarion/model';

import { ecosystemLines } from './gaps';
import { header } from './header';
import { packagesTable } from './packages-table';
import { problemLines } from './problems';
import { lookOf } from './style';

/** The inventory as text: what was scanned, its packages, and what could not be read. */
export function renderInventory(inventory: ImageInventory, style: RenderStyle): string {
  const look = lookOf(style);
  const { packages, problems, image, ecosystems = [] } = inventory;
  const sections = [
    header(inventory, look),
    packages.length > 0 ? packagesTable(packages, inventory, look) : [look.paint.yellow('No packages were found.')],
    ecosystems.length > 0 ? [look.paint.bold('Not looked at'), ...ecosystemLines(ecosystems, look)] : [],
    problems.length > 0 ? [look.paint.bold('Could not be read'), ...problemLines(problems, image, look)] : [],
  ];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}
