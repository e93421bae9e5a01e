import { readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';

/** Linux: the unit of processor time in /proc. */
const ticksASecond = 100;

/** Processor seconds of a part: a process, or the further threads of one. */
export type TimeByPart = ReadonlyMap<string, number>;

/**
 * Linux: processor seconds that this process and all its descendants have used so far, by part. `names` has the parts
 * of processes that are known; their children are counted together, and each kind of thread separately.
 */
export function timeByPart(names: ReadonlyMap<number, string>): TimeByPart {
  const times = new Map<string, number>();
  const add = (part: string, seconds: number): void => {
    times.set(part, (times.get(part) ?? 0) + seconds);
  };
  const visit = (pid: number, part: string): void => {
    for (const [thread, seconds] of threadsOf(pid)) add(`${part}: ${thread}`, seconds);
    const ofEnded = secondsIn(`/proc/${pid}/stat`, 'children');
    if (ofEnded > 0) add(`${part}: children that have ended`, ofEnded);
    for (const child of childrenOf(pid)) visit(child, nameOf(child, names, part));
  };
  visit(process.pid, 'this benchmark');
  return times;
}

/** What was used between two moments. */
export function timeBetween(before: TimeByPart, after: TimeByPart): TimeByPart {
  return new Map([...after].map(([part, seconds]) => [part, seconds - (before.get(part) ?? 0)]));
}

function nameOf(pid: number, names: ReadonlyMap<number, string>, parent: string): string {
  const known = names.get(pid);
  if (known !== undefined) return known;
  if ([...names.values()].includes(parent)) return `children of ${parent}`;
  return basename(readText(`/proc/${pid}/cmdline`).split('\0')[0] ?? '');
}

/** The threads of a process by name: newer versions of Node name theirs. */
function threadsOf(pid: number): readonly (readonly [name: string, seconds: number])[] {
  const all = numbersIn(`/proc/${pid}/task`).map((thread) => {
    const file = `/proc/${pid}/task/${thread}`;
    const name = thread === pid ? 'main thread' : `thread ${readText(`${file}/comm`).trim()}`;
    return [name, secondsIn(`${file}/stat`)] as const;
  });
  const ended = secondsIn(`/proc/${pid}/stat`) - all.reduce((sum, [, seconds]) => sum + seconds, 0);
  return [...all, ['threads that have ended', ended]];
}

function childrenOf(pid: number): readonly number[] {
  return numbersIn(`/proc/${pid}/task`).flatMap((thread) =>
    readText(`/proc/${pid}/task/${thread}/children`).split(' ').filter(Boolean).map(Number),
  );
}

function secondsIn(path: string, whose: 'own' | 'children' = 'own'): number {
  const stat = readText(path);
  // Behind the name, which may have any character: state is the third field, user and system time are the 14th and
  // 15th, and those of children that have ended follow.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const at = whose === 'own' ? 11 : 13;
  return (Number(fields[at] ?? 0) + Number(fields[at + 1] ?? 0)) / ticksASecond;
}

function numbersIn(directory: string): readonly number[] {
  try {
    return readdirSync(directory).map(Number);
  } catch {
    return [];
  }
}

/** Empty for a process or thread that is gone. */
function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
