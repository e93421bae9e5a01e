import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { becomeOnlyServer } from './only-server';

describe('the one process that serves from a data directory', () => {
  let top: string;
  const warned: string[] = [];
  const log = { warn: (message: string) => void warned.push(message) };
  beforeEach(() => {
    top = mkdtempSync(join(tmpdir(), 'clarion-only-'));
    warned.length = 0;
  });
  afterEach(() => {
    rmSync(top, { recursive: true });
    expect(warned).toEqual([]);
  });

  it.each([
    ['of a short name', 'db'],
    ['of a name that is longer than an address', join('a'.repeat(100), 'b'.repeat(100))],
  ])('excludes another one until it ends, in a directory %s', async (_what, name) => {
    const directory = join(top, name);
    const release = await becomeOnlyServer(directory, log);
    await expect(becomeOnlyServer(directory, log)).rejects.toMatchObject({
      code: 'invalid-input',
      message: `Another clarion serve (process ${process.pid}) has the data directory ${directory}`,
    });
    const other = await becomeOnlyServer(join(top, 'other'), log);
    await release();
    await (
      await becomeOnlyServer(directory, log)
    )();
    await other();
  });

  it('is not blocked by one that was killed', async () => {
    const script = "require('net').createServer().listen('serve.lock', () => process.kill(process.pid, 'SIGKILL'))";
    expect(spawnSync(process.execPath, ['-e', script], { cwd: top })).toMatchObject({ signal: 'SIGKILL' });
    expect(existsSync(join(top, 'serve.lock'))).toBe(true);
    const release = await becomeOnlyServer(top, log);
    await expect(becomeOnlyServer(top, log)).rejects.toMatchObject({ code: 'invalid-input' });
    await release();
  });
});
