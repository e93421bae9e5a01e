// The cache directory of Trivy for runs without a network.
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const tables = [
  'CREATE TABLE artifacts(id INTEGER PRIMARY KEY, group_id TEXT, artifact_id TEXT)',
  'CREATE TABLE indices(artifact_id INTEGER, version TEXT, sha1 BLOB, archive_type TEXT)',
];

/**
 * Empties the cache directory of Trivy. It refuses to read jars without its index of Maven Central (1.3 GB), so it gets
 * an empty one, as without a network: jars without files of Maven then have the names that their manifests suggest.
 * @param {string} directory
 */
export function emptyTrivyCache(directory) {
  rmSync(directory, { recursive: true, force: true });
  const index = join(directory, 'java-db');
  mkdirSync(index, { recursive: true });
  const program = `import sqlite3,sys; d=sqlite3.connect(sys.argv[1]); [d.execute(s) for s in sys.argv[2:]]; d.commit()`;
  spawnSync('python3', ['-c', program, join(index, 'trivy-java.db'), ...tables], { stdio: ['ignore', 'ignore', 2] });
  const later = '2099-01-01T00:00:00Z';
  writeFileSync(
    join(index, 'metadata.json'),
    JSON.stringify({ Version: 1, NextUpdate: later, UpdatedAt: later, DownloadedAt: later }),
  );
}
