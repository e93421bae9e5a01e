import { type RpmFileName, rpmdbHeaders, rpmFileNames } from '@clarion/file-formats';
import type { WorkBudget } from '@clarion/model';

/**
 * The files that the packages of rpm databases list. `databases` are the database files by path; the rpm detector
 * reports their problems.
 */
export function* rpmFiles(databases: ReadonlyMap<string, Uint8Array>, budget: WorkBudget): Generator<RpmFileName> {
  const note = (): void => undefined;
  for (const [path, database] of databases) {
    if (path.endsWith('-wal') || database.length === 0) continue;
    const writeAheadLog = databases.get(`${path}-wal`);
    const files = { database, ...(writeAheadLog !== undefined && { writeAheadLog }) };
    for (const header of rpmdbHeaders(files, { note, budget })) yield* rpmFileNames(header, budget);
  }
}
