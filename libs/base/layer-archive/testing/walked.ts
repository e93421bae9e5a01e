import type { ArchiveLimits } from '../src/limits';
import { walkTar } from '../src/walk-tar';
import { chunked, record, type RecordedLayer } from './recording';
import { endBlocks } from '@clarion/test-kit';

/** The result of walking a whole tar. */
export interface WalkedTar extends RecordedLayer {
  readonly problems: readonly string[];
  readonly count: number;
  readonly paths: readonly string[];
  readonly texts: Readonly<Record<string, string>>;
}

/** Walks a tar in chunks that do not end at block boundaries. */
export async function walk(
  tar: Uint8Array,
  limits: Partial<ArchiveLimits> = {},
  maxBytes = Infinity,
): Promise<WalkedTar> {
  const recording = record(maxBytes);
  const { entries, problems, size } = await walkTar(chunked(tar, 700), recording, { label: 'layer 1', limits });
  if (size !== tar.length) throw new Error(`walked ${size} bytes of ${tar.length}`);
  return {
    ...recording,
    count: entries,
    problems: problems.map(({ code, message }) => `${code}: ${message}`),
    paths: recording.entries.map(({ path }) => path),
    texts: Object.fromEntries([...recording.contents].map(([path, bytes]) => [path, bytes.toString('latin1')])),
  };
}

export function tarOf(...members: readonly Uint8Array[]): Buffer {
  return Buffer.concat([...members, endBlocks]);
}
