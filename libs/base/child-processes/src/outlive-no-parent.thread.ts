// The program of the thread that ends a child process after its parent (docs/decisions/0007).
import { isMainThread, workerData } from 'node:worker_threads';
import { outliveNoParent, type WatchedParent } from './outlive-no-parent';

/** This file as a program; its data is `Watched`. */
export declare const program: string;

const kill = (): void => {
  // The main thread may be busy forever.
  process.kill(process.pid, 'SIGKILL');
};
if (!isMainThread) outliveNoParent(workerData as WatchedParent, () => process.ppid, kill);
