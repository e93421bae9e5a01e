import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { startHashing } from '@clarion/layer-archive/hashing';
import { defaultDirectory } from './default-directory';

const reading = new Set(['scan', 'packages', 'explain']);

/**
 * Starts the hashing thread, and with the image if that is a file or a folder, while everything else is still being
 * loaded, if no facts are stored yet, so that every layer will be read. This is a guess from the raw arguments: when it
 * is wrong, the thread was started for nothing, or starts when the first layer is read.
 */
export function startHashingEarly([command = '', ...args]: readonly string[]): void {
  const given = args[args.indexOf('--db') + 1];
  const db = (args.includes('--db') ? given : process.env['CLARION_DB']) ?? defaultDirectory();
  if (reading.has(command) && !existsSync(db)) startHashing(args.map(imageAt).find((path) => path !== undefined));
}

/** Smaller files are not archives of images, but files that options name. */
const leastBytes = 1024 * 1024;

/** The archive or the layout that a reference names: `oci:folder:tag`. */
function imageAt(reference: string): string | undefined {
  const path = reference.replace(/^[a-z-]+:/, '');
  return [path, path.replace(/:[^/:]*$/, '')].find(isImage);
}

function isImage(path: string): boolean {
  try {
    const stats = statSync(path);
    return stats.isDirectory() ? existsSync(join(path, 'oci-layout')) : stats.size > leastBytes;
  } catch {
    return false;
  }
}
