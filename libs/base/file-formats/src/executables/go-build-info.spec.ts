import { memorySource } from '@clarion/layer-archive';
import { ClarionError } from '@clarion/model';
import { buildElf, buildFat, buildMachO, buildPe } from '@clarion/test-kit';
import fc from 'fast-check';
import { inlineGoInfo, pointedGoInfo } from '../../testing/build-go-info';
import { readGoBuildInfo } from './go-build-info';

const orders = [32, 64].flatMap((bits) => [false, true].map((bigEndian) => ({ bits: bits as 32 | 64, bigEndian })));
const wide = { bits: 64, bigEndian: false } as const;
const lines = `path\texample.com/shop\nmod\texample.com/shop\tv1.0.0\n${'dep\ta.b/c\tv1.2.3\n'.repeat(20)}`;
const info = { version: 'go1.22.1', modules: lines };
const inline = inlineGoInfo(info);

function textsOf(file: Buffer): unknown {
  return readGoBuildInfo(memorySource(file))?.map(({ executable, version, modules }) => {
    const [first, second] = [version, modules].map(({ offset, size }) =>
      file.toString('latin1', offset, offset + size),
    );
    return [executable.within, first, second];
  });
}

const files: readonly (readonly [what: string, file: Buffer])[] = [
  ...orders.map((order): [string, Buffer] => [
    `ELF with texts, ${JSON.stringify(order)}`,
    buildElf(order, [{ name: '.go.buildinfo', content: inline }]),
  ]),
  ...orders.map((order): [string, Buffer] => [
    `ELF with pointers, ${JSON.stringify(order)}`,
    buildElf(order, pointedGoInfo(info, order)),
  ]),
  [
    'ELF behind false ones',
    buildElf(wide, [{ name: '.go.buildinfo', content: `\xff Go buildinf:${'\xff'.repeat(18)}`.repeat(50) + inline }]),
  ],
  ['Mach-O', buildMachO(wide, [{ name: '__DATA,__go_buildinfo', content: inline }])],
  ['PE', buildPe(64, [{ name: '.data', content: `\xff Go buildinf:xx${'\xff'.repeat(48)}${inline}` }])],
];

describe('build information of Go', () => {
  it.each(files)('is read from %s', (_, file) => {
    expect(textsOf(file)).toEqual([['', 'go1.22.1', lines]]);
  });

  it('is read from each architecture', () => {
    const one = buildMachO(wide, [{ name: '__DATA,__go_buildinfo', content: inline }]);
    const other = buildMachO(wide, [{ name: '__TEXT,__text', content: inline }]);
    const fat = buildFat([
      { processor: 7, file: other },
      { processor: 0x0100000c, file: one },
    ]);
    expect(textsOf(fat)).toEqual([['arm64', 'go1.22.1', lines]]);
  });

  it.each<[string, string]>([
    ['no lines', ''],
    ['lines that do not end', 'mod'],
  ])('has no modules where it has %s', (_, modules) => {
    const file = buildElf(wide, [{ name: '.go.buildinfo', content: inlineGoInfo({ version: 'go1.20', modules }) }]);
    expect(textsOf(file)).toEqual([['', 'go1.20', '']]);
  });

  it('has no modules where its empty text is in memory without bytes in the file', () => {
    const beyond = '\0\0\xff\x7f\0\0\0\0';
    const [header, ...others] = pointedGoInfo(info, wide);
    const changed = { ...header!, content: `${header!.content.slice(0, 24)}${beyond}` };
    const sections = [changed, ...others];
    expect(textsOf(buildElf(wide, sections))).toEqual([['', 'go1.22.1', '']]);
  });

  it.each<[string, Buffer]>([
    ['another program', buildElf(wide, [{ name: '.data', content: inline }])],
    ['a section of other bytes', buildElf(wide, [{ name: '.go.buildinfo', content: 'x'.repeat(100) }])],
    ['an empty version', buildElf(wide, [{ name: '.go.buildinfo', content: inlineGoInfo({ ...info, version: '' }) }])],
    ['a text file', Buffer.from(inline, 'latin1')],
  ])('is not in %s', (_, file) => {
    expect(readGoBuildInfo(memorySource(file))).toBeUndefined();
  });

  it.each<[string, string, string]>([
    ['a text beyond the end', `${inline.slice(0, 32)}\xff\x1f`, 'is cut off'],
    ['an endless text', `${inline.slice(0, 32)}\xff\xff\xff\x7f`, 'has 268435455 bytes'],
    ['an endless length', `${inline.slice(0, 32)}${'\xff'.repeat(20)}`, 'is damaged'],
    ['a pointer to nothing', `\xff Go buildinf:\x08\0${'\x11'.repeat(16)}`, 'points to nothing in the file'],
  ])('with %s is an error', (_, content, message) => {
    const file = buildElf(wide, [{ name: '.go.buildinfo', content }]);
    expect(() => readGoBuildInfo(memorySource(file))).toThrow(message);
  });

  it.each(files)('throws nothing but errors of our own, whatever is changed in it: %s', (_, file) => {
    const change = fc.tuple(fc.nat(file.length - 1), fc.nat(255));
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 6 }), fc.nat(file.length), (changes, cut) => {
        const copy = Buffer.from(file);
        for (const [at, byte] of changes) copy[at] = byte;
        const broken = cut % 2 === 0 ? copy : copy.subarray(0, cut);
        try {
          readGoBuildInfo(memorySource(broken));
        } catch (error) {
          if (!(error instanceof ClarionError)) throw error;
        }
      }),
      { numRuns: 300 },
    );
  });
});
