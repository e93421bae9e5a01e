import { type BlobCompression, buildImage, buildTar, canCompress, compressBlob } from '@clarion/test-kit';
import { deflateRawSync, gzipSync } from 'node:zlib';
import { builtArchive, debianBase, type Expectation, type HostileImage, status } from '../hostile-image';

type Case = readonly [name: string, expect: Expectation, blob: () => Uint8Array];

const tar = (): Uint8Array => buildTar([...debianBase, status()]);
const repeated = (part: Uint8Array, count: number): Buffer => Buffer.concat(Array.from({ length: count }, () => part));
const cut = (bytes: Uint8Array, at: number): Uint8Array => bytes.subarray(0, Math.floor(bytes.length * at));

function flipped(bytes: Uint8Array, at: number): Uint8Array {
  const copy = Buffer.from(bytes);
  const offset = at < 0 ? copy.length + at : at;
  copy[offset] = (copy[offset] ?? 0) ^ 0xff;
  return copy;
}

/** One member that inflates to `mebibytes` of NULs. */
function zeros(mebibytes: number): Buffer {
  const megabyte = Buffer.alloc(1 << 20);
  return repeated(gzipSync(megabyte, { level: 9 }), mebibytes);
}

function gzipHeader(flags: number, extra: Uint8Array): Buffer {
  const body = Buffer.from(tar());
  const whole = gzipSync(body);
  const end = whole.subarray(-8);
  return Buffer.concat([Buffer.from([0x1f, 0x8b, 8, flags, 0, 0, 0, 0, 0, 3]), extra, deflateRawSync(body), end]);
}

const gzips: readonly Case[] = [
  ['cut in the middle', 'not-clean', () => cut(gzipSync(tar()), 0.5)],
  ['cut before its end', 'not-clean', () => gzipSync(tar()).subarray(0, -3)],
  ['header only', 'not-clean', () => gzipSync(tar()).subarray(0, 10)],
  ['wrong checksum', 'not-clean', () => flipped(gzipSync(tar()), -8)],
  ['wrong length', 'not-clean', () => flipped(gzipSync(tar()), -1)],
  ['damaged data', 'not-clean', () => flipped(gzipSync(tar()), 60)],
  ['followed by garbage', 'not-clean', () => Buffer.concat([gzipSync(tar()), Buffer.alloc(1000, 0x41)])],
  ['followed by NULs', 'found', () => Buffer.concat([gzipSync(tar()), Buffer.alloc(1024)])],
  ['100,000 empty members', 'found', () => Buffer.concat([repeated(gzipSync(''), 100_000), gzipSync(tar())])],
  ['one member a byte', 'found', () => Buffer.concat([...tar()].map((byte) => gzipSync(Buffer.from([byte]))))],
  ['name of 4 MiB', 'not-clean', () => gzipHeader(8, Buffer.concat([Buffer.alloc(4 << 20, 0x61), Buffer.alloc(1)]))],
  [
    'name without end',
    'not-clean',
    () => Buffer.concat([Buffer.from([0x1f, 0x8b, 8, 8, 0, 0, 0, 0, 0, 3]), Buffer.alloc(4 << 20, 0x61)]),
  ],
  ['extra field beyond its end', 'not-clean', () => gzipHeader(4, Buffer.from([0xff, 0xff]))],
  ['reserved flags', 'not-clean', () => gzipHeader(0xe0, Buffer.alloc(0))],
  ['bomb of 1 GiB before the database', 'not-clean', () => Buffer.concat([zeros(1024), gzipSync(tar())])],
  ['gzip of gzip', 'not-clean', () => gzipSync(gzipSync(tar()))],
  [
    'gzip ten times',
    'not-clean',
    () => Array.from({ length: 10 }).reduce<Uint8Array>((bytes) => gzipSync(bytes), tar()),
  ],
  [
    'stored blocks without end',
    'not-clean',
    () =>
      Buffer.concat([
        Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3]),
        repeated(Buffer.from([0, 0, 0, 0xff, 0xff]), 500_000),
      ]),
  ],
];

const zstdMagic = Buffer.from([0x28, 0xb5, 0x2f, 0xfd]);

/** A frame of raw blocks: no compressor is needed. */
function zstdFrame(content: Uint8Array): Buffer {
  const blocks: Buffer[] = [];
  for (let at = 0; at === 0 || at < content.length; at += 128 * 1024) {
    const block = content.subarray(at, at + 128 * 1024);
    const last = at + 128 * 1024 >= content.length ? 1 : 0;
    blocks.push(
      Buffer.from([0, 1, 2].map((n) => (((block.length << 3) | last) >> (8 * n)) & 0xff)),
      Buffer.from(block),
    );
  }
  // No content size and no checksum, a window of 128 KiB.
  return Buffer.concat([zstdMagic, Buffer.from([0x00, 0x38]), ...blocks]);
}

function skippable(length: number, declared = length): Buffer {
  const header = Buffer.alloc(8);
  header.writeUInt32LE(0x184d2a50);
  header.writeUInt32LE(declared, 4);
  return Buffer.concat([header, Buffer.alloc(length)]);
}

const zstds: readonly Case[] = [
  ['raw blocks', 'found', () => zstdFrame(tar())],
  [
    'one frame a kilobyte',
    'found',
    () =>
      Buffer.concat(
        Array.from({ length: Math.ceil(tar().length / 1024) }, (_, n) =>
          zstdFrame(tar().subarray(n * 1024, n * 1024 + 1024)),
        ),
      ),
  ],
  [
    '1,000,000 empty frames',
    'found',
    () => Buffer.concat([repeated(zstdFrame(Buffer.alloc(0)), 1_000_000), zstdFrame(tar())]),
  ],
  ['1,000,000 skippable frames', 'found', () => Buffer.concat([repeated(skippable(0), 1_000_000), zstdFrame(tar())])],
  ['skippable frame of 4 GiB', 'not-clean', () => Buffer.concat([skippable(10, 0xffffffff), zstdFrame(tar())])],
  ['skippable frame of 1 MiB', 'found', () => Buffer.concat([skippable(1 << 20), zstdFrame(tar())])],
  [
    'window of 2 GiB',
    'not-clean',
    () => Buffer.concat([zstdMagic, Buffer.from([0x00, 0xa8]), zstdFrame(tar()).subarray(6)]),
  ],
  [
    'window of 3.75 TiB',
    'not-clean',
    () => Buffer.concat([zstdMagic, Buffer.from([0x00, 0xff]), zstdFrame(tar()).subarray(6)]),
  ],
  [
    'content size of 2^63',
    'not-clean',
    () =>
      Buffer.concat([zstdMagic, Buffer.from([0xc0, 0x38, 0, 0, 0, 0, 0, 0, 0, 0x80]), zstdFrame(tar()).subarray(6)]),
  ],
  [
    'dictionary that nobody has',
    'not-clean',
    () => Buffer.concat([zstdMagic, Buffer.from([0x01, 0x38, 7]), zstdFrame(tar()).subarray(6)]),
  ],
  ['reserved block type', 'not-clean', () => Buffer.concat([zstdMagic, Buffer.from([0x00, 0x38, 0x0f, 0, 0])])],
  [
    'blocks without end',
    'not-clean',
    () => Buffer.concat([zstdMagic, Buffer.from([0x00, 0x38]), repeated(Buffer.from([0, 0, 0]), 300_000)]),
  ],
  [
    'runs of 128 KiB without end',
    'not-clean',
    () => Buffer.concat([zstdMagic, Buffer.from([0x00, 0x38]), repeated(Buffer.from([0x02, 0, 0x10, 0]), 30_000)]),
  ],
  ['cut in the middle', 'not-clean', () => cut(zstdFrame(tar()), 0.5)],
  ['followed by garbage', 'not-clean', () => Buffer.concat([zstdFrame(tar()), Buffer.alloc(1000, 0x41)])],
];

const other = (['xz', 'bzip2'] as const satisfies readonly BlobCompression[]).flatMap((form): Case[] => [
  [`${form} of a database`, 'found', () => compressBlob(tar(), form)],
  [
    `${form}, two streams`,
    'found',
    () => Buffer.concat([compressBlob(tar().subarray(0, 1024), form), compressBlob(tar().subarray(1024), form)]),
  ],
  [`${form}, cut`, 'not-clean', () => cut(compressBlob(tar(), form), 0.5)],
  [`${form}, end missing`, 'not-clean', () => compressBlob(tar(), form).subarray(0, -4)],
  [`${form}, damaged`, 'not-clean', () => flipped(compressBlob(tar(), form), 40)],
  [`${form}, garbage behind`, 'not-clean', () => Buffer.concat([compressBlob(tar(), form), Buffer.alloc(1001, 0x41)])],
  [
    `${form}, bomb of 240 MiB before the database`,
    'not-clean',
    () => Buffer.concat([compressBlob(Buffer.alloc(240 << 20), form), compressBlob(tar(), form)]),
  ],
]);

const unknown: readonly Case[] = [
  ['lz4', 'not-clean', () => Buffer.concat([Buffer.from([0x04, 0x22, 0x4d, 0x18]), tar()])],
  ['lzip', 'not-clean', () => Buffer.concat([Buffer.from('LZIP\x01'), tar()])],
  ['compress', 'not-clean', () => Buffer.concat([Buffer.from([0x1f, 0x9d, 0x90]), tar()])],
  ['zip', 'not-clean', () => Buffer.concat([Buffer.from('PK\x03\x04'), tar()])],
  ['gzip magic only', 'not-clean', () => Buffer.from([0x1f, 0x8b])],
  ['zstd magic only', 'not-clean', () => zstdMagic],
  ['xz magic only', 'not-clean', () => Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0])],
  ['bzip2 magic only', 'not-clean', () => Buffer.from('BZh9')],
];

export function compressionImages(): readonly HostileImage[] {
  const families = { gzip: gzips, zstd: zstds, 'xz and bzip2': other, unknown };
  return Object.entries(families).flatMap(([family, cases]) =>
    cases
      .filter(([name]) => family !== 'xz and bzip2' || canCompress(name.startsWith('xz') ? 'xz' : 'bzip2'))
      // The configuration declares the tar of a good layer: a compressed blob with other content must be rejected.
      .map(([name, expect, blob]) =>
        builtArchive(`${family}/${name}`, expect, () =>
          buildImage({ layers: [[...debianBase, status()]], stored: { 0: blob() } }),
        ),
      ),
  );
}
