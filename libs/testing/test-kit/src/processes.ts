import { readdirSync, readFileSync } from 'node:fs';
import { until } from './until';

/** The processes that a process, or a thread of it, has started. Linux only. */
export function childrenOf(pid: number): readonly number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
      readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
    );
  } catch {
    return [];
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
