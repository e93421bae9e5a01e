import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';

import { systemCode } from './environment';

/** Identifies a process and its host in records of the store. */
export interface ProcessIdentity {
  readonly host: string;
  readonly pid: number;
  /** Distinguishes a process from an earlier one with the same pid: in a container all of them have the same pid. */
  readonly run: string;
}

/** This very process. */
export const thisProcess: ProcessIdentity = { host: hostname(), pid: process.pid, run: randomUUID() };

/** Whether a record is of this very process. */
export function isThisProcess({ host, pid, run }: ProcessIdentity): boolean {
  return host === thisProcess.host && pid === thisProcess.pid && run === thisProcess.run;
}

/** Whether the process may be alive: for a process on another host, only its expiry counts. */
export function mayLive(by: ProcessIdentity): boolean {
  if (by.host !== thisProcess.host) return true;
  return by.pid === thisProcess.pid ? by.run === thisProcess.run : isRunning(by.pid);
}

/** Whether a process of this machine runs. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it runs, as another user.
    return systemCode(error) === 'EPERM';
  }
}
