import { stat } from 'node:fs/promises';
import { ClarionError, type LayerEntry } from '@clarion/model';
import { createBudget } from './budget';
import type { ArchiveLimits } from './limits';
import { walkTarRegion } from './walk-tar';

/** One entry of a tar on disk and where its bytes are. */
export interface TarMember {
  readonly path: string;
  readonly type: LayerEntry['type'];
  /** Position of the content in the file, counted from the file's start. */
  readonly offset: number;
  readonly size: number;
  /** Target as written (symlink) or normalised path (hard link); '' otherwise. */
  readonly link: string;
}

/**
 * Lists an uncompressed tar on disk by seeking past all bodies: for archives that contain layers. Sparse files, whose
 * content is not contiguous, are listed as `other`. Throws as `walkTar` does.
 */
export async function listTar(
  file: { readonly path: string; readonly offset?: number; readonly length?: number },
  limits?: Partial<ArchiveLimits>,
): Promise<readonly TarMember[]> {
  const offset = file.offset ?? 0;
  const length = file.length ?? (await sizeOf(file.path)) - offset;
  const members: TarMember[] = [];
  const visitor = {
    entry({ path, type, size, link }: LayerEntry, bodyOffset = 0, sparse = false) {
      members.push({ path, type: sparse ? 'other' : type, offset: offset + bodyOffset, size, link });
      return undefined;
    },
    content: () => undefined,
    oversized: () => undefined,
  };
  await walkTarRegion({ path: file.path, offset, length }, visitor, createBudget({ limits, label: file.path }));
  return members;
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (cause) {
    throw new ClarionError('not-found', `${path} cannot be opened`, { cause });
  }
}
