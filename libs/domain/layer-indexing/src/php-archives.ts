import { headBytes, type LayerEntry } from '@clarion/model';
import { isInsidePackage, largestScript } from './recognised-paths';

type NamedFile = Pick<LayerEntry, 'path' | 'size'>;

/** Whether the first bytes of a file are to be compared because of its name: `composer.phar`. */
export function mayBePhar({ path, type }: Pick<LayerEntry, 'path' | 'type'>): boolean {
  return type === 'file' && isCalledPhar(path);
}

/** Those below `vendor` belong to packages of Composer, like tools in `node_modules` to theirs. */
export function isCalledPhar(path: string): boolean {
  return path.endsWith('.phar') && !isOfPackage(path);
}

/**
 * Whether a file with these first bytes is an archive of PHP (PHAR), such as `composer`: by its name, or a script of PHP
 * that opens one. That may come late in the script, and nobody writes a script that is as large as
 * the archives that people install.
 */
export function isPhar({ path, size }: NamedFile, bytes: Uint8Array): boolean {
  if (bytes[0] !== hash && !path.endsWith('.phar')) return false;
  if (isOfPackage(path)) return false;
  const head = Buffer.from(bytes.subarray(0, headBytes)).toString('latin1');
  if (path.endsWith('.phar')) return /^(?:#!|<\?php|PK\x03\x04)/.test(head);
  return script.test(head) && (size >= largestScript || opensPhar.test(head));
}

function isOfPackage(path: string): boolean {
  return isInsidePackage(path) || /(?:^|\/)vendor\//.test(path);
}

const hash = 0x23;
const script = /^#![^\n]*\bphp[\d.]*\b[^\n]*\r?\n\s*<\?php/;
const opensPhar = /\bPhar::|phar:\/\/|__HALT_COMPILER/;
