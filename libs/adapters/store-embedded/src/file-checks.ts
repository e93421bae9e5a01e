import { closeSync, openSync, readSync, statSync } from 'node:fs';

import { damaged, type StoreEnvironment, systemCode } from './environment';

// LMDB trusts its file. Damage must be detected beforehand, because it ends the process with a signal, not an error.

/** Where the first page has LMDB's magic number and the version of its format. */
const magicOffset = 24;
const magic = 0xbeefc0de;
const dataVersion = 2;
/** The two meta pages at the start of every store. */
const metaPages = 2;

/** Throws `corrupt-data` if `file` exists, is not empty, and is not an LMDB file of the current version. */
export function checkHeader(file: string): void {
  const header = Buffer.alloc(magicOffset + 8);
  if (!readStart(file, header)) return;
  const found = header.readUInt32LE(magicOffset);
  const version = header.readUInt32LE(magicOffset + 4) & 0xffff;
  if (found !== magic || version !== dataVersion) throw damaged(`${file} is not a store`);
}

/** Reads the start of `file` into `header`; false if it does not exist or is empty. */
function readStart(file: string, header: Buffer): boolean {
  let descriptor;
  try {
    descriptor = openSync(file, 'r');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return false;
    throw error;
  }
  try {
    return readSync(descriptor, header, 0, header.length, 0) > 0;
  } finally {
    closeSync(descriptor);
  }
}

interface TreeStats {
  readonly treeBranchPageCount: number;
  readonly treeLeafPageCount: number;
  readonly overflowPages: number;
}

/**
 * The bytes of the pages in use. Throws `corrupt-data` if the file is too short for the pages in use (a full disk, a broken copy). It may be shorter
 * than its last page number implies, because free pages at the end need not exist.
 */
export function checkLength(env: StoreEnvironment): number {
  const stats = env.db.getStats() as TreeStats & { readonly pageSize: number; readonly free: TreeStats };
  const needed = (metaPages + pagesOf(stats) + pagesOf(stats.free)) * stats.pageSize;
  const { size } = statSync(env.file);
  if (size < needed) throw damaged(`${env.file} is cut off: ${size} of at least ${needed} bytes`);
  return needed;
}

function pagesOf({ treeBranchPageCount, treeLeafPageCount, overflowPages }: TreeStats): number {
  return treeBranchPageCount + treeLeafPageCount + overflowPages;
}
