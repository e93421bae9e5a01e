import { spawn, spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';

const root = join(__dirname, '..', '..', '..', '..');

/** One line of a service's log. */
export interface ServiceLogLine {
  readonly level: string;
  readonly msg: string;
  readonly [field: string]: unknown;
}

/** A service in a separate process, as in its container. */
export interface ServiceProcess {
  readonly pid: number;
  /** Its log so far. */
  readonly lines: readonly ServiceLogLine[];
  /** The first line with this message, now or later. Rejects if the process exits without it. */
  line(message: string): Promise<ServiceLogLine>;
  /** What it wrote to standard error: nothing, unless it could not even make its log. */
  errors(): string;
  kill(signal: NodeJS.Signals): void;
  /** Its exit code; null when a signal ended it. */
  readonly ended: Promise<number | null>;
}

/** Bundles apps as `npm run build` does, unless their bundles are up to date: suites share them. */
export function bundleApps(...apps: readonly string[]): void {
  const args = [join(root, 'tools', 'setup', 'ensure-bundles.mjs'), ...apps];
  const done = spawnSync(process.execPath, args, { encoding: 'utf8' });
  if (done.status !== 0) throw new Error(`Not all of ${apps.join(', ')} can be bundled: ${done.stderr}`);
}

/**
 * Starts the bundle of an app, named or in the folder of this path, with these variables of Clarion and none of this
 * process.
 */
export function startServiceProcess(
  app: string,
  variables: Readonly<Record<string, string>>,
  args: readonly string[] = [],
): ServiceProcess {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(CLARION_|OTEL_)/.test(name));
  const env = { ...Object.fromEntries(inherited), ...variables };
  const script = resolve(root, 'dist', 'apps', app, 'main.js');
  const child = spawn(process.execPath, [script, ...args], { env, cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  const lines: ServiceLogLine[] = [];
  let wake: (() => void)[] = [];
  const wakeAll = (): void => {
    const waiting = wake;
    wake = [];
    waiting.forEach((resume) => {
      resume();
    });
  };
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  let over = false;
  const ended = new Promise<number | null>((resolve) => {
    child.once('close', (code) => {
      over = true;
      wakeAll();
      resolve(code);
    });
  });
  createInterface({ input: child.stdout }).on('line', (line) => {
    lines.push(JSON.parse(line) as ServiceLogLine);
    wakeAll();
  });
  return {
    pid: child.pid ?? -1,
    lines,
    ended,
    errors: () => errors,
    kill: (signal) => {
      child.kill(signal);
    },
    async line(message) {
      for (;;) {
        const found = lines.find(({ msg }) => msg === message);
        if (found !== undefined) return found;
        if (over)
          throw new Error(
            `${app} ended without "${message}": ${lines.length === 0 ? errors : JSON.stringify(lines.at(-1))}`,
          );
        await new Promise<void>((resolve) => wake.push(resolve));
      }
    },
  };
}
