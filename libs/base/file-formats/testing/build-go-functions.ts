interface Order {
  readonly bits: 32 | 64;
  readonly bigEndian: boolean;
}

interface BuiltFunctions extends Order {
  readonly names: readonly string[];
  /** Of the form of the table; that of Go 1.20 unless stated. */
  readonly magic?: number;
  readonly quantum?: number;
  /** Where the names begin and end according to the header. */
  readonly first?: number;
  readonly end?: number;
}

/** The table of functions of a Go program, as far as it is read. */
export function goFunctionTable({ names, magic = 0xfffffff1, quantum = 1, ...table }: BuiltFunctions): string {
  const { bits, bigEndian } = table;
  const texts = names.map((name) => `${Buffer.from(name).toString('latin1')}\0`).join('');
  const headerBytes = bits;
  const { first = headerBytes + 8, end = headerBytes + 8 + texts.length } = table;
  const words = [names.length, 1, 0, first, end, end, end, end];
  const start = number(magic, { bits: 32, bigEndian });
  const header = `${start}\0\0${String.fromCharCode(quantum, bits / 8)}${words.map((word) => number(word, table)).join('')}`;
  return `${header}${texts}more of the table, of any length`;
}

function number(value: number, { bits, bigEndian }: Order): string {
  const bytes = Buffer.alloc(bits / 8);
  if (bigEndian) bytes.writeUInt32BE(value, bytes.length - 4);
  else bytes.writeUInt32LE(value);
  return bytes.toString('latin1');
}
