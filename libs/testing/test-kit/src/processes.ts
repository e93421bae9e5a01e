import { readdirSync, readFileSync } from 'node:fs';
import { until } from './until';

/**
 * The child processes of a process or of its threads, as soon as they run their own program: a child that is stopped
 * earlier blocks its parent in the call that starts it. Linux only.
 */
export function childrenOf(pid: number): readonly number[] {
  try {
    const own = commandOf(pid);
    return readdirSync(`/proc/${pid}/task`)
      .flatMap((thread) => readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').split(' ').filter(Boolean))
      .map(Number)
      .filter((child) => ![undefined, own].includes(commandOf(child)));
  } catch {
    return [];
  }
}

/** Undefined if it is gone, empty if it has exited and nobody has waited for it yet. */
function commandOf(pid: number): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return undefined;
  }
}

/** Sends a signal to a process that may have exited already. */
export function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has exited already.
  }
}

/** Resolves when the process no longer exists, or is a zombie. Linux only. */
export async function goneProcess(pid: number): Promise<void> {
  const state = (): string => {
    try {
      return /^State:\s+(\w)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 'X';
    } catch {
      return 'X';
    }
  };
  await until('it is gone', () => ['X', 'Z'].includes(state()));
}
