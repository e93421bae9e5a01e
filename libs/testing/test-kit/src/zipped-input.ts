import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { buildZip, type ZipBuilderEntry } from './zip-builder';

/** A zip archive of a feed's test data and the readable files that it is built from. */
export interface ZippedInput {
  readonly archive: string;
  readonly entries: readonly ZipBuilderEntry[];
  readonly bytes: Buffer;
}

/**
 * Test data of feeds whose documents are zip archives: `testdata/records` is readable, `testdata/input/<archive>` is
 * what the upstream serves. UPDATE_EXPECTED=1 rebuilds the archive.
 */
export function zippedInput(
  testdata: string,
  { archive, folder, form = {} }: { archive: string; folder: string; form?: Partial<ZipBuilderEntry> },
): ZippedInput {
  const base = path.join(testdata, 'records', folder);
  const entries = filesOf(base, '').map((name) => ({ name, content: readFileSync(path.join(base, name)), ...form }));
  const file = path.join(testdata, 'input', archive);
  if (process.env['UPDATE_EXPECTED'] === '1') {
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, buildZip(entries));
  }
  return { archive, entries, bytes: readFileSync(file) };
}

function filesOf(base: string, folder: string): readonly string[] {
  return readdirSync(path.join(base, folder))
    .sort()
    .flatMap((name) => {
      const inside = path.posix.join(folder, name);
      return statSync(path.join(base, inside)).isDirectory() ? filesOf(base, inside) : [inside];
    });
}
