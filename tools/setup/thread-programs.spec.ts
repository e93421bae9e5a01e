import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build, type Plugin } from 'esbuild';

interface ThreadPrograms {
  readonly threadPrograms: Plugin;
  getCacheKey(source: string, file: string, options: { readonly instrument: boolean }): string;
  process(source: string, file: string): { readonly code: string };
}

const folder = mkdtempSync(path.join(tmpdir(), 'clarion-thread-programs-'));
const file = (name: string, text: string): string => {
  const at = path.join(folder, name);
  writeFileSync(at, text);
  return at;
};
const main = file(
  'main.ts',
  `import { Worker } from 'node:worker_threads';
   import { program } from './reply.thread';
   new Worker(program, { eval: true }).on('message', (said: string) => console.log(said));`,
);
const thread = file(
  'reply.thread.ts',
  `import { parentPort } from 'node:worker_threads';
   import { greeting } from './greeting';
   export declare const program: string;
   parentPort?.postMessage(greeting satisfies string);`,
);
file('greeting.ts', `export const greeting: string = 'from the thread';`);

afterAll(() => {
  rmSync(folder, { recursive: true });
});

// Not by its name: what Jest transforms with is loaded outside of its modules.
const { threadPrograms, ...transformer } = jest.requireActual<ThreadPrograms>('./thread-programs.cjs');

describe('the program of a thread', () => {
  it('is bundled into the file that starts it', async () => {
    const outfile = path.join(folder, 'bundle', 'main.js');
    await build({ entryPoints: [main], outfile, bundle: true, platform: 'node', plugins: [threadPrograms] });
    expect(spawnSync(process.execPath, [outfile], { encoding: 'utf8' }).stdout).toBe('from the thread\n');
  });

  it('is rebuilt for Jest when a file that it imports has changed', () => {
    const options = { instrument: false };
    const [key, { code }] = [transformer.getCacheKey('', thread, options), transformer.process('', thread)];
    expect(code).toContain('from the thread');
    expect(transformer.getCacheKey('', thread, options)).toBe(key);
    expect(transformer.getCacheKey('', thread, { instrument: true })).not.toBe(key);
    file('greeting.ts', `export const greeting: string = 'from a longer text';`);
    expect(transformer.getCacheKey('', thread, options)).not.toBe(key);
    expect(transformer.process('', thread).code).toContain('from a longer text');
  });
});
