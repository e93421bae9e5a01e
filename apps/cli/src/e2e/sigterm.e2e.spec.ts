import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { clarion, startClarion, temporaryFolder } from '../../testing/run-clarion';

const folder = temporaryFolder();
afterAll(() => {
  folder.remove();
});

describe('SIGTERM', () => {
  it.each([
    ['scan', ['--offline']],
    ['packages', []],
  ])('ends %s by itself, in the middle of an archive, and leaves a store that can be used', async (command, more) => {
    const pipe = join(folder.path, command);
    const db = ['--db', join(folder.path, 'db')];
    expect(spawnSync('mkfifo', [pipe]).status).toBe(0);
    const child = startClarion([command, `docker-archive:${pipe}`, ...db, ...more]);
    const exit = once(child, 'exit');
    // Opens once the command has opened it too: it waits for an archive that never comes.
    const writer = await open(pipe, 'w');
    child.kill('SIGTERM');
    // No exit code: no code of the process had to run for it.
    expect(await exit).toEqual([null, 'SIGTERM']);
    await writer.close();
    expect((await clarion(['db', 'status', ...db])).code).toBe(0);
  });
});
