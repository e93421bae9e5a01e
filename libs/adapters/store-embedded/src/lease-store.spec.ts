import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { openEmbeddedStore } from './open-embedded-store';
import { bundleStore, kill, type KillableProcess } from '../testing/killable-process';

const until = '2026-01-01T01:00:00Z';
const now = '2026-01-01T00:00:00Z';

/** Takes a lease for an hour, reports it and keeps running. */
const owner = (bundle: string, directory: string): string => `
  const { openEmbeddedStore } = require(${JSON.stringify(bundle)});
  openEmbeddedStore({ directory: ${JSON.stringify(directory)} })
    .then((store) => store.lease('feed', 'one', { now: '${now}', until: '${until}' }))
    .then((taken) => console.log(taken));
  setInterval(() => undefined, 1000);`;

test('a lease ends with its process, whatever its duration', async () => {
  const scratch = mkdtempSync(path.join(tmpdir(), 'clarion-store-'));
  const bundle = bundleStore(scratch);
  const directory = path.join(scratch, 'db');
  const child: KillableProcess = spawn(process.execPath, ['-e', owner(bundle, directory)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [taken] = (await once(child.stdout, 'data')) as [Buffer];
  const store = await openEmbeddedStore({ directory });
  expect(await store.lease('feed', 'two', { now, until })).toBe(false);
  await kill(child);
  expect(await store.lease('feed', 'two', { now, until })).toBe(true);
  expect(await store.lease('feed', 'three', { now, until })).toBe(false);
  expect(taken.toString()).toBe('true\n');
  await store.close();
  rmSync(scratch, { recursive: true });
});
