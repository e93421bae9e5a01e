import { cpSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { HostileFeed } from './hostile-feed';
import { debianBase, dockerArchive, status, vulnerability } from './hostile-image';
import { observe } from './observe';
import { type AttemptContext, firstLine, type AttemptResult } from './attempt-result';
import { type Fault, faultsOfRun, faultsOfScan } from './faults';

const image = dockerArchive('vulnerable', 'found', () => [[...debianBase, status()]]);

/**
 * Updates one feed from a hostile mirror, in a store with good facts, and scans a vulnerable image afterwards: known
 * facts must still be known, and an invalid document must not count as an update.
 */
export async function runFeed(
  input: HostileFeed,
  { directory, bundle, store }: AttemptContext,
): Promise<AttemptResult> {
  const folder = join(directory, 'feed');
  const own = join(directory, 'own-store');
  mkdirSync(folder, { recursive: true });
  rmSync(own, { recursive: true, force: true });
  cpSync(store, own, { recursive: true });
  const mirror = await input.open(join(folder, 'mirror'));
  try {
    const update = await observe(bundle, ['update', input.feed, '--from', mirror.from, '--db', own]);
    const report = join(folder, 'report.json');
    const scan = ['scan', image.write(folder), '--offline', '--db', own, '--format', 'json', '--output', report];
    const after = await observe(bundle, scan);
    const wrong = new Set<Fault>([
      ...faultsOfRun(update),
      ...(update.code === 0 && input.expect === 'refused' ? (['silent'] as const) : []),
      ...faultsOfScan(after, report, { expect: 'found', vulnerability }),
    ]);
    const { seconds, peakMebibytes, stderr } = update;
    return { name: input.name, faults: [...wrong], seconds, peakMebibytes, said: firstLine(stderr) };
  } finally {
    await mirror.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
