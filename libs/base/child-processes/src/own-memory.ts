import { readFileSync } from 'node:fs';

/**
 * Bytes of memory that a process has for itself. Pages of files, such as those of the store, are not among them: the
 * system takes them back when it needs them. Undefined where the system does not tell (other than Linux).
 */
export function ownMemory(pid: number): number | undefined {
  let status: string;
  try {
    status = readFileSync(`/proc/${pid}/status`, 'utf8');
  } catch {
    return undefined;
  }
  // https://man7.org/linux/man-pages/man5/proc_pid_status.5.html
  const kibibytes = /^RssAnon:\s+(\d+) kB$/m.exec(status)?.[1];
  return kibibytes === undefined ? undefined : Number(kibibytes) * 1024;
}
