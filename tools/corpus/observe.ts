import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** How one run of the command line went. */
export interface Observation {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stderr: string;
  readonly seconds: number;
  /** Largest resident size, MiB; 0 where the system has no /proc. */
  readonly peakMebibytes: number;
  /** It was ended because it took longer than allowed. */
  readonly hung: boolean;
}

/** Seconds of computing after which a run counts as a hang: a busy machine must not fail a test. */
export const patience = 20;
/** Seconds, so that a run which waits without computing ends too. */
const longest = 120;
/** MiB of memory that a run may take. */
export const memoryBudget = 512;
/** The same where one file in an image is hostile. */
export const memoryBudgetOfFile = 250;

/** Runs `clarion ARGS` from its bundle; never rejects. */
export function observe(bundle: string, args: readonly string[]): Promise<Observation> {
  return new Promise((resolve) => {
    const started = process.hrtime.bigint();
    const child = spawn(process.execPath, [bundle, ...args], { stdio: ['ignore', 'ignore', 'pipe'] });
    const seen = { stderr: '', peak: 0, hung: false };
    const end = (): void => {
      seen.hung = true;
      child.kill('SIGKILL');
    };
    const sample = setInterval(() => {
      seen.peak = Math.max(seen.peak, residentPeak(child.pid));
      if (secondsComputed(child.pid) > patience) end();
    }, 25);
    const limit = setTimeout(end, longest * 1000);
    child.stderr.on('data', (text: Buffer) => {
      if (seen.stderr.length < 1 << 20) seen.stderr += text.toString();
    });
    child.on('close', (code, signal) => {
      clearInterval(sample);
      clearTimeout(limit);
      const seconds = Number(process.hrtime.bigint() - started) / 1e9;
      const { stderr, peak, hung } = seen;
      resolve({ code, signal, stderr, seconds, peakMebibytes: peak, hung });
    });
  });
}

function residentPeak(pid: number | undefined): number {
  try {
    const status = readFileSync(`/proc/${String(pid)}/status`, 'utf8');
    return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024;
  } catch {
    // The process has ended, or this system has no /proc.
    return 0;
  }
}

/** Processor time of a process and its threads; 0 where the system has no /proc. Linux counts it in hundredths. */
function secondsComputed(pid: number | undefined): number {
  try {
    const stat = readFileSync(`/proc/${String(pid)}/stat`, 'utf8');
    // After the name in parentheses, the first field is the third of proc(5).
    const [user = 0, system = 0] = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .slice(11, 13)
      .map(Number);
    return (user + system) / 100;
  } catch {
    return 0;
  }
}

/** Whether the process ended incorrectly: by a signal, with an undocumented exit code, or with a stack trace. */
export function crashed({ code, signal, stderr, hung }: Observation): boolean {
  if (hung) return false;
  return signal !== null || code === null || code > 4 || /^ {4}at .+\(?.+:\d+:\d+\)?$/m.test(stderr);
}
