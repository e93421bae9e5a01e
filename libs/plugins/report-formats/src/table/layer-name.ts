import type { ReportImage } from '@clarion/model';

import { printable } from '../printable';

/** `#2`: the second layer from the base. A layer that is not the image's is named by the start of its digest. */
export function layerName({ layers }: ReportImage, diffId: string): string {
  const index = layers.findIndex((layer) => layer.diffId === diffId);
  return index < 0 ? printable(diffId.replace(/^sha\d+:/, '').slice(0, 12)) : `#${index + 1}`;
}

/** The last two parts of a path: `dpkg/status`. */
export function shortPath(path: string): string {
  return printable(path.split('/').slice(-2).join('/'));
}
