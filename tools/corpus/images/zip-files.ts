import { buildZip, type ZipBuilderEntry } from '@clarion/test-kit';
import type { ExpectedOfFile } from '../expected-of-file';
import type { HostileFile } from '../hostile-file';
import { changed } from './changed';

const problem: ExpectedOfFile = { problem: 'file' };
const found = (...names: readonly string[]): ExpectedOfFile => ({ packages: names.map((name) => `g:${name}`) });

/** What names a package of Maven in an archive. */
const properties = (artifact: string, more = ''): ZipBuilderEntry => ({
  name: `META-INF/maven/g/${artifact}/pom.properties`,
  content: `groupId=g\nartifactId=${artifact}\nversion=1.0\n${more}`,
});
const a = properties('a');
const b = properties('b');
const plain = buildZip([a, b]);
const many = <T>(count: number, make: (n: number) => T): T[] => Array.from({ length: count }, (_, n) => make(n));
const zeros = (mebibytes: number): Buffer => Buffer.alloc(mebibytes * 1024 * 1024);

/** Bytes that do not compress. */
const noise = (mebibytes: number): Buffer => {
  const block = Buffer.from(many(1024 * 1024, (n) => (n * n * 31 + (n >> 3) * 7) % 253));
  return Buffer.concat(many(mebibytes, () => block));
};
const longName = (n: number): ZipBuilderEntry => ({
  name: `META-INF/maven/${n}/${'x/'.repeat(30_000)}pom.properties`,
  content: '',
});

const directory = plain.indexOf('PK\u0001\u0002');
const second = plain.indexOf('PK\u0001\u0002', directory + 4);
const end = plain.length - 22;
const u32 = (value: number): readonly number[] => [...Buffer.from(Uint32Array.of(value).buffer)];
const endless = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x1f];
const wide = buildZip([a, b], { zip64: true });
const wideEnd = wide.indexOf('PK\u0006\u0006');

/** An archive in an archive, `depth` times. */
function nested(depth: number): Buffer {
  let inner = buildZip([a]);
  for (let n = 0; n < depth; n++) inner = buildZip([b, { name: `${n}.jar`, content: inner }]);
  return inner;
}

/** Archives that contain ten of the next level each. */
function branching(depth: number): Buffer {
  if (depth === 0) return buildZip([a, { name: 'zeros', content: zeros(1) }]);
  const inner = branching(depth - 1);
  return buildZip([b, ...many(10, (n) => ({ name: `${n}.jar`, content: inner }))]);
}

/** Every entry of the directory is the first one. */
function shared(): Buffer {
  const one = buildZip([a, { name: 'x', content: zeros(1) }]);
  const at = one.indexOf('PK\u0001\u0002');
  const last = one.indexOf('PK\u0001\u0002', at + 4);
  const entry = one.subarray(last, one.length - 22);
  const entries = [one.subarray(at, last), ...many(5000, () => entry)];
  const records = Buffer.concat(entries);
  const tail = changed(one.subarray(one.length - 22), 8, [0x89, 0x13, 0x89, 0x13, ...u32(records.length)]);
  return Buffer.concat([one.subarray(0, at), records, tail]);
}

const manyEntries = (count: number): Buffer => {
  return buildZip(
    many(count, (n) => ({ name: n.toString(36), content: '', stored: true })),
    { zip64: true },
  );
};

type Case = readonly [name: string, content: () => Uint8Array, expected: ExpectedOfFile];

const damaged: readonly Case[] = [
  ['nothing', () => Buffer.alloc(0), problem],
  ['text', () => Buffer.from('no archive'), problem],
  ['an end record alone', () => plain.subarray(end), problem],
  ['no entries', () => buildZip([]), {}],
  ['cut in the directory', () => plain.subarray(0, end - 10), problem],
  ['cut in an entry', () => Buffer.concat([plain.subarray(0, 20), plain.subarray(directory)]), problem],
  ['more entries than it says', () => changed(plain, end + 10, [1]), problem],
  ['fewer entries than it says', () => changed(plain, end + 10, [200]), problem],
  ['a directory before the file', () => changed(plain, end + 16, u32(0xfffffff0)), problem],
  ['a directory larger than the file', () => changed(plain, end + 12, u32(0xfffffff0)), problem],
  ['a directory of something else', () => changed(plain, second, [0x51]), problem],
  ['an entry behind the end', () => changed(plain, second + 42, u32(0x7fffffff)), problem],
  ['an entry in the directory', () => changed(plain, second + 42, u32(directory)), problem],
  ['one entry in another', () => changed(plain, directory + 20, u32(100)), problem],
  ['two entries at one place', () => changed(plain, second + 42, u32(0)), problem],
  ['5,000 entries at one place', shared, problem],
  ['an entry that contains the archive', () => changed(plain, directory + 20, u32(plain.length)), problem],
  ['another name in the directory', () => changed(plain, directory + 46, [0x4e]), {}],
  ['another name in the header', () => changed(plain, 30, [0x4e]), problem],
  ['another method in the header', () => changed(plain, 8, [0]), problem],
  ['a wrong checksum', () => buildZip([{ ...a, checksum: 1 }]), problem],
  ['encryption', () => buildZip([{ ...a, flags: 1 }]), problem],
  ['an unknown method', () => buildZip([{ ...a, method: 93 }]), problem],
  ['a stored entry of two sizes', () => changed(buildZip([{ ...a, stored: true }]), 22, [1]), found('a')],
  ['a deflated entry that is not', () => changed(plain, 30 + a.name.length, [0xff, 0xff]), problem],
  ['several files', () => changed(plain, end + 4, [1]), problem],
  ['64-bit numbers without end: entries', () => changed(wide, wideEnd + 32, endless), problem],
  ['64-bit numbers without end: directory', () => changed(wide, wideEnd + 40, endless), problem],
  ['64-bit numbers without end: offset', () => changed(wide, wideEnd + 48, endless), problem],
  ['a 64-bit size that is missing', () => changed(plain, directory + 24, u32(0xffffffff)), problem],
];

const legal: readonly Case[] = [
  ['3,000 end records in a comment', () => buildZip([a], { comment: 'PK\u0005\u0006'.repeat(3000) }), found('a')],
  ['a script before it', () => Buffer.concat([Buffer.from('#!/bin/sh\n'), plain]), found('a', 'b')],
  ['10 MiB before it', () => Buffer.concat([zeros(10), plain]), found('a', 'b')],
  ['names that leave the directory', () => buildZip([{ name: '../../etc/x', content: '' }, a]), found('a')],
  ['absolute names', () => buildZip([{ ...a, name: `/${a.name}` }]), found('a')],
  ['names with NUL and line feeds', () => buildZip([{ name: 'x\0\n\u001b[31m', content: '' }, a]), found('a')],
  [
    'one name three times',
    () => buildZip([a, { ...b, name: a.name }, { ...properties('c'), name: a.name }]),
    found('c'),
  ],
  ['sizes after the content', () => buildZip([{ ...a, descriptor: 'bare' }, b]), found('a', 'b')],
  ['an entry that the directory omits', () => buildZip([a, b], { hidden: [b.name] }), found('a')],
  ['64-bit numbers', () => wide, found('a', 'b')],
  ['100 MiB beside it', () => buildZip([{ name: 'x', content: noise(100), stored: true }, a]), found('a')],
];

const large: readonly Case[] = [
  ['a million entries', () => manyEntries(1_000_000), problem],
  [
    '190,000 entries',
    () => buildZip([a, ...many(190_000, (n) => ({ name: n.toString(36), content: '' }))], { zip64: true }),
    found('a'),
  ],
  ['20,000 packages', () => buildZip(many(20_000, (n) => properties(`a${n}`))), problem],
  ['10,000 packages', () => buildZip(many(10_000, (n) => properties(`a${n}`))), found('a1')],
  ['a bomb of 512 MiB', () => buildZip([{ ...a, content: zeros(512) }, b]), { ...found('b'), ...problem }],
  ['a bomb that lies', () => bombThatLies(), { ...found('b'), ...problem }],
  [
    'a bomb in a nested archive',
    () => buildZip([b, { name: 'x.jar', content: zeros(900) }]),
    { ...found('b'), ...problem },
  ],
  [
    '2,000 bombs in nested archives',
    () => buildZip([b, ...many(2000, (n) => ({ name: `${n}.jar`, content: bomb() }))]),
    { ...found('b'), ...problem },
  ],
  ['archives 60 deep', () => nested(60), { ...found('b'), ...problem }],
  ['archives 5 deep', () => nested(5), found('a', 'b')],
  ['ten archives in each of ten, 5 deep', () => branching(5), { ...found('a', 'b'), ...problem }],
  [
    '12,000 archives',
    () => buildZip([b, ...many(12_000, (n) => ({ name: `${n}.jar`, content: plain }))]),
    { ...found('a', 'b'), ...problem },
  ],
  [
    'nested archives of 150,000 entries each',
    () => nestedMany(manyEntries(150_000), 10),
    { ...found('b'), ...problem },
  ],
  [
    'names of 60,000 bytes',
    () => buildZip([b, { name: 'x.jar', content: buildZip(many(1000, longName)) }]),
    { ...found('b'), ...problem },
  ],
  ['properties of one line of 4 MB', () => buildZip([properties('a', 'x'.repeat(4_000_000))]), found('a')],
  ['properties that go on and on', () => buildZip([properties('a', 'x=\\\n'.repeat(1_000_000))]), found('a')],
  [
    'a manifest that goes on and on',
    () => buildZip([a, { name: 'META-INF/MANIFEST.MF', content: `A: b\n${' c\n'.repeat(1_000_000)}` }]),
    found('a'),
  ],
  [
    'a model of a million elements',
    () => buildZip([a, { name: 'META-INF/maven/g/b/pom.xml', content: '<a>'.repeat(1_000_000) }]),
    found('a'),
  ],
  [
    'a model that expands',
    () => buildZip([a, { name: 'META-INF/maven/g/b/pom.xml', content: expanding() }]),
    found('a'),
  ],
];

const bomb = (): Buffer => buildZip([{ ...a, content: zeros(1) }]);

function bombThatLies(): Buffer {
  const archive = buildZip([{ ...a, content: zeros(64) }, b]);
  return changed(archive, archive.indexOf('PK\u0001\u0002') + 24, u32(10));
}

function nestedMany(inner: Buffer, count: number): Buffer {
  return buildZip([b, ...many(count, (n) => ({ name: `${n}.jar`, content: inner }))]);
}

function expanding(): string {
  const entities = many(10, (n) => `<!ENTITY e${n + 1} "${`&e${n};`.repeat(10)}">`).join('');
  return `<!DOCTYPE p [<!ENTITY e0 "x">${entities}]><project><groupId>g</groupId><artifactId>&e10;</artifactId><version>1</version></project>`;
}

/** Archives of Java. */
export const zipFiles: readonly HostileFile[] = [...damaged, ...legal, ...large].map(([name, content, expected]) => {
  return { name: `zip file/${name}`, path: 'opt/app/lib.jar', content, expected };
});
