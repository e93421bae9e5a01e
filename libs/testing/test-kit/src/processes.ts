import { readdirSync, readFileSync } from 'node:fs';
import { until } from './until';

/**
 * The processes that a process, or a thread of it, has started, as soon as they run their own program: one that is stopped
 * before keeps its parent waiting in the call that starts it. Linux only.
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

/** Undefined for one that is gone, empty for one that has ended and that nobody has asked about yet. */
function commandOf(pid: number): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return undefined;
  }
}

/** Sends a signal to a process that may be gone already. */
export function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It is gone already.
  }
}

/** Resolves when there is no such process any more, or only its name. Linux only. */
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
