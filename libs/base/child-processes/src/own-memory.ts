import { readFileSync } from 'node:fs';

/**
 * Private memory of a process in bytes. File pages, such as those of the store, do not count: the system reclaims them
 * when it needs memory. Undefined on systems that do not report it (other than Linux).
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
