import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';

import { buildSync } from 'esbuild';

interface Line {
  readonly msg: string;
  readonly [field: string]: unknown;
}

/** A child process and its log so far. */
class Child {
  readonly lines: Line[] = [];
  readonly ended: Promise<number | null>;
  readonly #process: ChildProcess;
  #wake: () => void = () => undefined;

  constructor(script: string, env: Record<string, string>) {
    this.#process = spawn(process.execPath, [script], { env, stdio: ['ignore', 'pipe', 'inherit'] });
    this.ended = new Promise((resolve) => this.#process.once('exit', resolve));
    createInterface({ input: this.#process.stdout! }).on('line', (line) => {
      this.lines.push(JSON.parse(line) as Line);
      this.#wake();
    });
  }

  kill(signal: NodeJS.Signals): void {
    this.#process.kill(signal);
  }

  async line(message: string): Promise<Line> {
    for (;;) {
      const found = this.lines.find(({ msg }) => msg === message);
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  get messages(): string[] {
    return this.lines.map(({ msg }) => msg);
  }
}

describe('runService', () => {
  let folder: string;
  let script: string;
  let child: Child | undefined;
  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'clarion-service-'));
    script = path.join(folder, 'child.js');
    buildSync({
      entryPoints: [path.join(__dirname, '../testing/service-child.ts')],
      outfile: script,
      bundle: true,
      platform: 'node',
      tsconfig: path.join(__dirname, '../../../../tsconfig.base.json'),
      external: ['@opentelemetry/sdk-node', '@opentelemetry/instrumentation-*'],
      logLevel: 'silent',
    });
  });
  afterEach(() => child?.kill('SIGKILL'));
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });
  const start = (env: Record<string, string> = {}): Child => (child = new Child(script, env));

  it.each(['SIGTERM', 'SIGINT'] as const)('%s: not ready, wait, stop, exit with 0', async (signal) => {
    const service = start({ DRAIN: '300' });
    await service.line('Started');
    const { introspection_port: port } = await service.line('Starting');
    const status = async (probe: string) => (await fetch(`http://127.0.0.1:${String(port)}/${probe}`)).status;
    expect(await status('readyz')).toBe(200);
    service.kill(signal);
    await service.line('Stopping');
    expect([await status('readyz'), await status('healthz')]).toEqual([503, 200]);
    expect(service.messages).not.toContain('Stop called');
    expect(await service.ended).toBe(0);
    expect(service.messages.slice(1)).toEqual([
      'Started',
      'Stopping',
      'Finishing work',
      'Stop called',
      'Stop done',
      'Stopped',
    ]);
  });

  it('notifies work that takes too long that its time is over', async () => {
    const service = start({ MODE: 'stuck', GRACE: '100' });
    await service.line('Started');
    service.kill('SIGTERM');
    expect(await service.ended).toBe(0);
    expect(await service.line('Stop done')).toMatchObject({ aborted: true });
  });

  it('exits immediately on a second signal', async () => {
    const service = start({ MODE: 'stuck' });
    await service.line('Started');
    service.kill('SIGTERM');
    await service.line('Stop called');
    service.kill('SIGTERM');
    expect(await service.ended).toBe(143);
    expect(service.messages).not.toContain('Stop done');
  });

  it.each([
    ['fails-to-start', 'child cannot start: no store'],
    ['rejects', 'A promise was rejected and nobody handled it'],
  ])('%s: reports it and exits with 1', async (mode, message) => {
    const service = start({ MODE: mode });
    expect(await service.ended).toBe(1);
    expect(await service.line(message)).toMatchObject({ level: 'error' });
  });

  it('changes the log level with SIGUSR2', async () => {
    const service = start();
    await service.line('Started');
    service.kill('SIGUSR2');
    expect(await service.line('Log level changed')).toMatchObject({ log_level: 'debug' });
  });
});
