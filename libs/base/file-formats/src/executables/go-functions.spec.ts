import { memorySource } from '@clarion/layer-archive';
import { ClarionError } from '@clarion/model';
import { buildElf, buildFat, buildMachO, buildPe } from '@clarion/test-kit';
import fc from 'fast-check';
import { goFunctionTable } from '../../testing/build-go-functions';
import { readGoFunctions } from './go-functions';
import { readExecutable } from './read-executable';

const orders = [32, 64].flatMap((bits) => [false, true].map((bigEndian) => ({ bits: bits as 32 | 64, bigEndian })));
const wide = { bits: 64, bigEndian: false } as const;
const names = ['runtime.main', 'main.main', 'example.com/shop.Open'];
const table = goFunctionTable({ names, ...wide });
const symbols = (name = 'go:func.*'): string => `\0runtime.text\0${name}\0runtime.main\0`;

const elf = (functions: string, order: (typeof orders)[number] = wide, texts = symbols()): Buffer =>
  buildElf(order, [
    { name: '.gopclntab', content: functions },
    { name: '.symtab', content: 'x'.repeat(24) },
    { name: '.strtab', content: texts },
  ]);
const machO = (section: string, texts = symbols('_go:func.*')): Buffer =>
  buildMachO(wide, [
    { name: section, content: table },
    { name: '__LINKEDIT,symbols', content: texts },
  ]);
const pe = (bits: 32 | 64, quantum = 1): Buffer => {
  const functions = goFunctionTable({ names, bits, bigEndian: false, quantum });
  const data = { name: '.rdata', content: `${'constants'.padEnd(16)}${functions}` };
  return buildPe(bits, [data], ['runtime.text', 'go:func.*']);
};

/** The packages and functions of each executable in a file. */
function functionsOf(file: Buffer): unknown {
  const source = memorySource(file);
  return readExecutable(source, { section: () => false })?.executables.map((executable) => {
    const found = readGoFunctions(source, executable);
    return found?.lines.bytes().toString();
  });
}

const expected = 'runtime\tmain\nmain\tmain\nexample.com/shop\tOpen\n';

describe('functions of a Go program', () => {
  it.each<[string, Buffer]>([
    ...orders.map((order): [string, Buffer] => [
      `ELF, ${JSON.stringify(order)}`,
      elf(goFunctionTable({ names, ...order }), order),
    ]),
    ['Go 1.18', elf(goFunctionTable({ names, ...wide, magic: 0xfffffff0 }), wide, symbols('go.func.*'))],
    ['Mach-O', machO('__TEXT,__gopclntab')],
    ['Mach-O, position-independent', machO('__DATA_CONST,__gopclntab')],
    ['PE', pe(64)],
    ['PE of 32 bits', pe(32)],
    ['PE of ARM', pe(64, 4)],
  ])('are read: %s', (_, file) => {
    expect(functionsOf(file)).toEqual([expected]);
  });

  it('are read of each architecture', () => {
    const fat = buildFat([
      { processor: 7, file: machO('__TEXT,__gopclntab') },
      { processor: 0x0100000c, file: machO('__TEXT,__gopclntab', symbols('_other')) },
    ]);
    expect(functionsOf(fat)).toEqual([expected, undefined]);
  });

  it.each<[string, Buffer]>([
    ['a stripped program', buildElf(wide, [{ name: '.gopclntab', content: table }])],
    ['a program without the symbols of Go', elf(table, wide, '\0_start\0xgo:func.*\0go:func.*y\0')],
    ['a program of before Go 1.18', elf(goFunctionTable({ names, ...wide, magic: 0xfffffffa }))],
    ['a table of unknown form', elf(goFunctionTable({ names, ...wide, quantum: 3 }))],
    ['an empty table', elf('')],
    ['a program without the runtime', elf(goFunctionTable({ names: ['main.main'], ...wide }))],
    ['a program without a table', buildElf(wide, [{ name: '.strtab', content: symbols() }])],
    ['a PE file without a table', buildPe(64, [{ name: '.rdata', content: 'constants' }], ['go:func.*'])],
  ])('are unknown of %s', (_, file) => {
    expect(functionsOf(file)).toEqual([undefined]);
  });

  it.each<[string, Parameters<typeof goFunctionTable>[0], string]>([
    ['names that end before they begin', { names, ...wide, end: 8 }, 'its table of functions is damaged'],
    ['names beyond the table', { names, ...wide, end: 4000 }, 'its table of functions is damaged'],
    [
      'names beyond the file',
      { names, ...wide, first: 2 ** 31, end: 2 ** 31 + 9 },
      'its table of functions is damaged',
    ],
  ])('with %s are an error', (_, built, message) => {
    expect(() => functionsOf(elf(goFunctionTable(built)))).toThrow(message);
  });

  it('with more bytes of names than any program has are an error', () => {
    const file = elf(table);
    const [executable] = readExecutable(memorySource(file), { section: () => false })!.executables;
    const header = Number(file.readBigUInt64LE(40)) + 64;
    // The size of the first section, and the end of the names in it.
    file.writeBigUInt64LE(2n ** 33n, header + 32);
    file.writeBigUInt64LE(2n ** 32n, Number(file.readBigUInt64LE(header + 24)) + 8 + 4 * 8);
    const source = { size: 2 ** 34, read: (at: number, length: number) => file.subarray(at, at + length) };
    expect(() => readGoFunctions(source, executable!)).toThrow('the names of its functions have 4294967224 bytes');
  });

  it('end when the check throws', () => {
    const stop = (): void => {
      throw new Error('Enough');
    };
    const source = memorySource(elf(table));
    const [executable] = readExecutable(source, { section: () => false })!.executables;
    expect(() => readGoFunctions(source, executable!, stop)).toThrow('Enough');
  });

  it('throw nothing but errors of our own, whatever is changed in the program', () => {
    for (const file of [elf(table), machO('__TEXT,__gopclntab'), pe(64)]) {
      const change = fc.tuple(fc.nat(file.length - 1), fc.nat(255));
      fc.assert(
        fc.property(fc.array(change, { minLength: 1, maxLength: 8 }), (changes) => {
          const copy = Buffer.from(file);
          for (const [at, byte] of changes) copy[at] = byte;
          try {
            functionsOf(copy);
          } catch (error) {
            expect(error).toBeInstanceOf(ClarionError);
          }
        }),
      );
    }
  });
});
