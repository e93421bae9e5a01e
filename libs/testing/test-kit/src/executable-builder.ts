/** A section of an executable that a test builds. */
export interface BuiltSection {
  readonly name: string;
  readonly content: string;
}

interface Order {
  readonly bits: 32 | 64;
  readonly bigEndian: boolean;
}

/** Writes numbers in the byte order and word size of a file. */
class Writer {
  private readonly parts: Buffer[] = [];
  private readonly order: Order;

  constructor(order: Order) {
    this.order = order;
  }

  u16(...values: number[]): this {
    return this.all(values, 2, (bytes, value) =>
      this.order.bigEndian ? bytes.writeUInt16BE(value) : bytes.writeUInt16LE(value),
    );
  }

  u32(...values: number[]): this {
    return this.all(values, 4, (bytes, value) =>
      this.order.bigEndian ? bytes.writeUInt32BE(value) : bytes.writeUInt32LE(value),
    );
  }

  word(...values: number[]): this {
    if (this.order.bits === 32) return this.u32(...values);
    return this.all(values, 8, (bytes, value) =>
      this.order.bigEndian ? bytes.writeBigUInt64BE(BigInt(value)) : bytes.writeBigUInt64LE(BigInt(value)),
    );
  }

  text(value: string, length = value.length): this {
    const bytes = Buffer.alloc(length);
    bytes.write(value, 'latin1');
    this.parts.push(bytes);
    return this;
  }

  bytes(...values: Uint8Array[]): this {
    this.parts.push(...values.map((value) => Buffer.from(value)));
    return this;
  }

  done(): Buffer {
    return Buffer.concat(this.parts);
  }

  private all(values: readonly number[], length: number, write: (bytes: Buffer, value: number) => void): this {
    for (const value of values) {
      const bytes = Buffer.alloc(length);
      write(bytes, value);
      this.parts.push(bytes);
    }
    return this;
  }
}

/** A note as it stands in a file. */
export function elfNote(
  order: Order,
  { owner, type, content }: { owner: string; type: number; content: string },
): string {
  const padded = (length: number): number => Math.ceil(length / 4) * 4;
  return new Writer(order)
    .u32(owner.length + 1, content.length, type)
    .text(owner, padded(owner.length + 1))
    .text(content, padded(content.length))
    .done()
    .toString('latin1');
}

/**
 * An ELF file with these sections, at addresses 0x1000, 0x2000 and following; one named `.note…` is also in a segment,
 * and the names of symbols in `.symtab` are in `.strtab`.
 */
export function buildElf(order: Order, sections: readonly BuiltSection[]): Buffer {
  const wide = order.bits === 64;
  const headerBytes = wide ? 64 : 52;
  const segmentBytes = wide ? 56 : 32;
  const names = `\0${[...sections.map(({ name }) => name), '.shstrtab', ''].join('\0')}`;
  const all = [...sections, { name: '.shstrtab', content: names }];
  const offsets: number[] = [];
  let at = headerBytes + segmentBytes;
  for (const { content } of all) {
    offsets.push(at);
    at = Math.ceil((at + content.length) / 8) * 8;
  }
  const header = new Writer(order)
    .bytes(Buffer.from([0x7f, 0x45, 0x4c, 0x46, wide ? 2 : 1, order.bigEndian ? 2 : 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]))
    .u16(2, 62)
    .u32(1)
    .word(0, headerBytes, at)
    .u32(0)
    .u16(headerBytes, segmentBytes, 1, wide ? 64 : 40, all.length + 1, all.length)
    .done();
  const note = all.findIndex(({ name }) => name.startsWith('.note'));
  const [noteAt, noteBytes] = [offsets[note] ?? 0, all[note]?.content.length ?? 0];
  const segment = new Writer(order).u32(note < 0 ? 1 : 4);
  if (wide) segment.u32(4).word(noteAt, 0, 0, noteBytes, noteBytes, 4);
  else segment.u32(noteAt, 0, 0, noteBytes, noteBytes, 4, 4);
  const file = new Writer(order).bytes(header, segment.done());
  let written = headerBytes + segmentBytes;
  all.forEach(({ content }, index) => {
    file.text('', (offsets[index] ?? 0) - written).text(content);
    written = (offsets[index] ?? 0) + content.length;
  });
  file.text('', at - written).text('', wide ? 64 : 40);
  all.forEach(({ name, content }, index) => {
    const type = name.startsWith('.note') ? 7 : name === '.symtab' ? 2 : 1;
    const link = type === 2 ? all.findIndex((one) => one.name === '.strtab') + 1 : 0;
    file.u32(names.indexOf(`\0${name}\0`) + 1, type).word(2, 0x1000 * (index + 1), offsets[index] ?? 0, content.length);
    file.u32(link, 0).word(4, 0);
  });
  return file.done();
}

/**
 * A PE file with these sections; names of more than 8 characters are in its table of strings, and so are those of
 * symbols.
 */
export function buildPe(bits: 32 | 64, sections: readonly BuiltSection[], symbols: readonly string[] = []): Buffer {
  const order = { bits, bigEndian: false };
  const optional = new Writer(order).u16(bits === 64 ? 0x20b : 0x10b).text('', 22);
  if (bits === 64) optional.word(0x400000);
  else optional.u32(0, 0x400000);
  const optionalBytes = optional.done();
  const start = 64 + 24 + optionalBytes.length + sections.length * 40;
  const contents = sections.map(({ content }) => content.padEnd(16, '\0'));
  const end = start + contents.join('').length;
  let strings = '\0\0\0\0';
  const table = new Writer(order);
  let at = start;
  sections.forEach(({ name, content }, index) => {
    const stored = contents[index]?.length ?? 0;
    table.text(name.length > 8 ? `/${strings.length}` : name, 8).u32(content.length, 0x1000, stored, at, 0, 0, 0, 0);
    if (name.length > 8) strings += `${name}\0`;
    at += stored;
  });
  strings += symbols.map((name) => `${name}\0`).join('');
  const size = new Writer(order).u32(strings.length).done();
  return new Writer(order)
    .text('MZ', 60)
    .u32(64)
    .text('PE', 4)
    .u16(0x8664, sections.length)
    .u32(0, end, symbols.length)
    .u16(optionalBytes.length, 0x22)
    .bytes(optionalBytes, table.done())
    .text(contents.join(''))
    .text('', symbols.length * 18)
    .bytes(size)
    .text(strings.slice(4))
    .done();
}

/**
 * A Mach-O file with one segment of these sections, whose names are `segment,section`; the names of its symbols are in
 * one named `__LINKEDIT,symbols`.
 */
export function buildMachO(order: Order, sections: readonly BuiltSection[], processor = 0x0100000c): Buffer {
  const wide = order.bits === 64;
  const segmentBytes = (wide ? 72 : 56) + sections.length * (wide ? 80 : 68);
  const symbols = sections.findIndex(({ name }) => name === '__LINKEDIT,symbols');
  const commandBytes = segmentBytes + (symbols < 0 ? 0 : 24);
  const start = (wide ? 32 : 28) + commandBytes;
  const commands = symbols < 0 ? 1 : 2;
  const file = new Writer(order).u32(wide ? 0xfeedfacf : 0xfeedface, processor, 0, 2, commands, commandBytes, 0);
  if (wide) file.u32(0);
  file
    .u32(wide ? 0x19 : 1, segmentBytes)
    .text('__SEG', 16)
    .word(0, 0, 0, 0)
    .u32(7, 7, sections.length, 0);
  let at = start;
  for (const { name, content } of sections) {
    const [segment = '', section = ''] = name.split(',');
    file.text(section, 16).text(segment, 16).word(0x2000, content.length).u32(at, 0, 0, 0, 0, 0, 0);
    if (wide) file.u32(0);
    at += content.length;
  }
  const before = sections.slice(0, Math.max(symbols, 0)).reduce((bytes, { content }) => bytes + content.length, 0);
  if (symbols >= 0) file.u32(2, 24, 0, 1, start + before, sections[symbols]?.content.length ?? 0);
  return file.text(sections.map(({ content }) => content).join('')).done();
}

/** A universal binary. */
export function buildFat(files: readonly { readonly processor: number; readonly file: Buffer }[]): Buffer {
  const order = { bits: 32, bigEndian: true } as const;
  const table = new Writer(order).u32(0xcafebabe, files.length);
  let at = 8 + files.length * 20;
  for (const { processor, file } of files) {
    table.u32(processor, 0, at, file.length, 0);
    at += file.length;
  }
  return table.bytes(...files.map(({ file }) => file)).done();
}
