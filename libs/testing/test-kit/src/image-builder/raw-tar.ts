/** Header fields of a test, valid or invalid; the checksum is correct unless `checksum` is given. */
export interface RawHeader {
  readonly name?: string | Uint8Array;
  /** A number, or the bytes of the field. */
  readonly size?: number | Uint8Array;
  readonly flag?: string;
  readonly link?: string;
  readonly prefix?: string;
  readonly format?: 'v7' | 'ustar' | 'star' | 'gnu';
  readonly device?: readonly [number, number];
  /** Text or bytes to write at an offset. */
  readonly patches?: Readonly<Record<number, string | Uint8Array>>;
  readonly checksum?: string;
}

export const endBlocks = Buffer.alloc(1024);

const magics = { v7: '', ustar: 'ustar\x0000', star: 'ustar\x0000', gnu: 'ustar  \0' };

export function rawHeader(fields: RawHeader): Buffer {
  const block = Buffer.alloc(512);
  const { format = 'ustar', device = [0, 0] } = fields;
  Buffer.from(fields.name ?? 'file').copy(block, 0, 0, 100);
  block.write('0000644\0', 100);
  if (fields.size instanceof Uint8Array) block.set(fields.size, 124);
  else block.write(`${octal(fields.size ?? 0, 11)}\0`, 124);
  block.write(fields.flag ?? '0', 156, 'latin1');
  block.write(fields.link ?? '', 157);
  block.write(magics[format], 257, 'latin1');
  if (format === 'star') block.write('tar\0', 508, 'latin1');
  block.write(`${octal(device[0], 7)}\0`, 329);
  block.write(`${octal(device[1], 7)}\0`, 337);
  block.write(fields.prefix ?? '', 345);
  for (const [at, bytes] of Object.entries(fields.patches ?? {})) Buffer.from(bytes).copy(block, Number(at));
  block.write('        ', 148);
  block.write(fields.checksum ?? `${octal(sum(block), 6)}\0 `, 148, 'latin1');
  return block;
}

/** A header with its body; the size is that of the body unless the header overrides it. */
export function member(fields: RawHeader, body: string | Uint8Array = ''): Buffer {
  const bytes = Buffer.from(body);
  return Buffer.concat([rawHeader({ size: bytes.length, ...fields }), padded(bytes)]);
}

/** A pax extended header with these records. */
export function pax(records: readonly (readonly [string, string | Uint8Array])[], flag = 'x'): Buffer {
  return member({ name: 'PaxHeaders/x', flag }, Buffer.concat(records.map(([key, value]) => paxRecord(key, value))));
}

export function paxRecord(key: string, value: string | Uint8Array): Buffer {
  const rest = Buffer.concat([Buffer.from(` ${key}=`), Buffer.from(value), Buffer.from('\n')]);
  let length = rest.length + 1;
  while (String(length).length + rest.length !== length) length = String(length).length + rest.length;
  return Buffer.concat([Buffer.from(String(length)), rest]);
}

/** A base-256 size field of 12 bytes. */
export function base256(value: bigint): Uint8Array {
  const field = Buffer.alloc(12);
  let rest = BigInt.asUintN(96, value);
  for (let at = 11; at >= 0; at--) {
    field[at] = Number(rest & 0xffn);
    rest >>= 8n;
  }
  field[0] = (field[0] ?? 0) | 0x80;
  return field;
}

export function padded(body: Uint8Array): Buffer {
  return Buffer.concat([body], Math.ceil(body.length / 512) * 512);
}

export function octal(value: number, digits: number): string {
  return value.toString(8).padStart(digits, '0');
}

function sum(block: Buffer): number {
  return block.reduce((total, byte) => total + byte, 0);
}
