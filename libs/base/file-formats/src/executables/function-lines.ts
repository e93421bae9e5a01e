const tab = 0x09;

/** Names of functions, of one package. */
interface PackageNames {
  /** Each after a tab. */
  bytes: Buffer;
  length: number;
  /** Where the last two names begin: most names that come again come soon. */
  last: number;
  beforeLast: number;
}

/** The functions of each package, in the order in which packages were first named. A function may be there repeatedly. */
export class FunctionLines {
  private readonly packages = new Map<string, PackageNames>();
  private current: PackageNames | undefined;

  /** The package of the functions that are added next; its path as bytes of UTF-8, one character each. */
  select(path: string): void {
    this.current = this.packages.get(path);
    if (this.current !== undefined) return;
    this.current = { bytes: Buffer.alloc(64), length: 0, last: 0, beforeLast: 0 };
    this.packages.set(path, this.current);
  }

  /** Adds the function of which the first bytes are the name. */
  add(name: Buffer, length: number): void {
    const one = this.current;
    if (one === undefined || isName(one, one.last, { name, length }) || isName(one, one.beforeLast, { name, length }))
      return;
    const needed = one.length + length + 1;
    if (needed > one.bytes.length) one.bytes = Buffer.concat([one.bytes], Math.max(needed, one.bytes.length * 2));
    const { bytes } = one;
    bytes[one.length] = tab;
    for (let at = 0; at < length; at += 1) bytes[one.length + 1 + at] = name[at] ?? 0;
    one.beforeLast = one.last;
    one.last = one.length;
    one.length = needed;
  }

  has(path: string, name: string): boolean {
    const { bytes, length } = this.packages.get(path) ?? { bytes: Buffer.alloc(0), length: 0 };
    return `${bytes.toString('latin1', 0, length)}\t`.includes(`\t${name}\t`);
  }

  /** The bytes of all lines, each ended by a line feed. */
  bytes(): Buffer {
    const lines: Buffer[] = [];
    for (const [path, { bytes, length }] of this.packages) {
      lines.push(Buffer.from(path, 'latin1'), bytes.subarray(0, length), lineFeed);
    }
    return Buffer.concat(lines);
  }
}

const lineFeed = Buffer.from('\n');

/** Whether the name at `start`, which ends with the next tab or the last byte, is this one. */
function isName(
  { bytes, length: total }: PackageNames,
  start: number,
  { name, length }: { readonly name: Buffer; readonly length: number },
): boolean {
  const end = start + 1 + length;
  if (end > total || (end < total && bytes[end] !== tab)) return false;
  for (let at = 0; at < length; at += 1) if (bytes[start + 1 + at] !== name[at]) return false;
  return true;
}
