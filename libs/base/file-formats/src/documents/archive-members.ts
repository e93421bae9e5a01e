import { tarMembers } from '@clarion/layer-archive';
import { ByteReader } from './byte-reader';
import { zipMembers } from './zip-members';
import type { ArchiveMember, ArchiveOptions, ArchiveRules } from './archive-member';

const mebibyte = 1024 * 1024;
const longestReading = 2 * 60 * 60 * 1000;

/**
 * Yields the accepted files of an archive of records one after another, while it arrives: a zip, or a tar that is
 * already decompressed. The first bytes identify the format. Throws `ClarionError`: `corrupt-data` when it is neither,
 * damaged or cut off, `limit-exceeded`. Do not rely on files yielded before an error.
 */
export async function* archiveMembers(
  body: AsyncIterable<Uint8Array>,
  options: ArchiveOptions,
): AsyncGenerator<ArchiveMember> {
  const rules: ArchiveRules = {
    accept: () => true,
    memberBytes: 32 * mebibyte,
    entries: 2_000_000,
    totalBytes: 64 * 1024 * mebibyte,
    ...options,
  };
  const reader = new ByteReader(body, rules.label);
  try {
    if (await startsAsZip(reader)) yield* zipMembers(reader, rules);
    else yield* filesOfTar(reader.rest(), rules);
  } finally {
    await reader.close();
  }
}

async function startsAsZip(reader: ByteReader): Promise<boolean> {
  const start = await reader.peek(4);
  if (start.length < 4) return false;
  const signature = start.readUInt32LE(0);
  // A local header, or the end record of a zip without entries.
  return signature === 0x04034b50 || signature === 0x06054b50;
}

async function* filesOfTar(chunks: AsyncIterable<Uint8Array>, rules: ArchiveRules): AsyncGenerator<ArchiveMember> {
  const { label, accept, memberBytes, entries, totalBytes } = rules;
  const limits = { entries, bytes: totalBytes, compressedBytes: totalBytes, millis: longestReading };
  for await (const item of tarMembers(chunks, { label, accept, memberBytes, limits })) {
    if (item.problem === undefined) yield { name: item.path, content: item.content };
    else yield { name: item.problem.path ?? label, problem: item.problem.message };
  }
}
