// Makes images with one large layer each, for the limits of memory: always the same bytes, never all in memory.
import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';

const blockBytes = 512;
const pieceBytes = 1024 * 1024;
const noise = Buffer.from(Array.from({ length: pieceBytes }, (_, at) => (at * 2654435761) >>> 13));

function tarHeader(path, size, mode = 0o644) {
  const header = Buffer.alloc(blockBytes);
  const cut = Buffer.byteLength(path) > 100 ? path.indexOf('/', path.length - 101) : -1;
  header.write(path.slice(cut + 1), 0);
  header.write(`${mode.toString(8).padStart(7, '0')}\0`, 100);
  header.write(`${size.toString(8).padStart(11, '0')}\0`, 124);
  header.write('        0', 148);
  header.write('ustar\x0000', 257, 'latin1');
  header.write(path.slice(0, Math.max(cut, 0)), 345);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return header;
}

/** Writes a tar of files with `bytes`, or `pieces` of `size` bytes together; returns its digest and size. */
function writeTar(file, entries) {
  const descriptor = openSync(file, 'w');
  const hash = createHash('sha256');
  let size = 0;
  const write = (bytes) => {
    writeSync(descriptor, bytes);
    hash.update(bytes);
    size += bytes.length;
  };
  for (const { path, bytes, pieces = [bytes], mode, ...entry } of entries) {
    const length = entry.size ?? bytes.length;
    write(tarHeader(path, length, mode));
    for (const piece of pieces) write(piece);
    write(Buffer.alloc((blockBytes - (length % blockBytes)) % blockBytes));
  }
  write(Buffer.alloc(2 * blockBytes));
  closeSync(descriptor);
  return { digest: hash.digest('hex'), size };
}

function* piecesOf(file) {
  const descriptor = openSync(file, 'r');
  const piece = Buffer.alloc(pieceBytes);
  for (let length = readSync(descriptor, piece); length > 0; length = readSync(descriptor, piece))
    yield piece.subarray(0, length);
  closeSync(descriptor);
}

function* nodePackages(count) {
  for (let at = 0; at < count; at += 1) {
    const name = `package-${at}`;
    const nested = at % 3 === 0 ? `/node_modules/dependency-${at}` : '';
    const manifest = { name, version: `1.${at % 10}.0`, license: 'MIT', description: 'x'.repeat(1000) };
    yield {
      path: `srv/app/node_modules/${name}${nested}/package.json`,
      bytes: Buffer.from(JSON.stringify(manifest)),
    };
  }
}

/** A zip archive of entries that are not compressed. */
function zip(members) {
  const parts = [];
  const directory = [];
  let offset = 0;
  for (const [name, content] of members) {
    const fields = Buffer.alloc(26);
    fields.writeUInt16LE(20, 0);
    fields.writeUInt32LE(crc32(content), 10);
    fields.writeUInt32LE(content.length, 14);
    fields.writeUInt32LE(content.length, 18);
    fields.writeUInt16LE(name.length, 22);
    parts.push(Buffer.from('PK\x03\x04'), fields, Buffer.from(name), content);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(offset, 10);
    directory.push(Buffer.from('PK\x01\x02\x14\x00'), fields, place, Buffer.from(name));
    offset += 30 + name.length + content.length;
  }
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(members.length, 8);
  end.writeUInt16LE(members.length, 10);
  end.writeUInt32LE(Buffer.concat(directory).length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...parts, ...directory, end]);
}

function* jars(count) {
  for (let at = 0; at < count; at += 1) {
    const properties = `groupId=org.example\nartifactId=lib-${at}\nversion=1.${at}.0\n`;
    const classes = Array.from({ length: 100 }, (_, one) => [`org/C${one}.class`, noise.subarray(at, at + 2000)]);
    const described = [`META-INF/maven/org.example/lib-${at}/pom.properties`, Buffer.from(properties)];
    yield { path: `opt/lib/lib-${at}-1.${at}.0.jar`, bytes: zip([described, ...classes]) };
  }
}

/** A length in groups of seven bits, and a text. */
function counted(text) {
  return String.fromCharCode((text.length & 0x7f) | 0x80, text.length >> 7) + text;
}

/** A Go program for 64-bit Linux of this size; most of it is data. */
function* program(size) {
  const header = Buffer.alloc(pieceBytes);
  header.write('\x7fELF\x02\x01\x01', 'latin1');
  header.writeUInt16LE(2, 16);
  header.writeUInt16LE(62, 18);
  header.writeBigUInt64LE(64n, 40);
  [64, 56, 0, 64, 4, 2].forEach((value, at) => header.writeUInt16LE(value, 52 + 2 * at));
  const names = '\0.go.buildinfo\0.rodata\0';
  header.write(names, 512);
  const mark = '-'.repeat(16);
  const modules = `${mark}path\texample.com/x\nmod\texample.com/x\tv1.0.0\n${mark}`;
  const info = `\xff Go buildinf:\x08\x02${'\0'.repeat(16)}${counted('go1.22.1')}${counted(modules)}`;
  header.write(info, 1024, 'latin1');
  /** @type {[name: number, type: number, offset: number, length: number][]} */
  const sections = [
    [1, 1, 1024, info.length],
    [0, 3, 512, names.length],
    [15, 1, pieceBytes, size - pieceBytes],
  ];
  for (const [index, [name, type, offset, length]] of sections.entries()) {
    const at = 128 + 64 * index;
    header.writeUInt32LE(name, at);
    header.writeUInt32LE(type, at + 4);
    header.writeUInt32LE(offset, at + 24);
    header.writeUInt32LE(length, at + 32);
  }
  yield header;
  for (let left = size - pieceBytes; left > 0; left -= pieceBytes) yield noise.subarray(0, Math.min(left, pieceBytes));
}

const programBytes = 1_000_000_000;

const layers = {
  '50,000 package.json': () => nodePackages(50_000),
  '2,000 jars': () => jars(2000),
  'a program of 1 GB': () => [{ path: 'usr/bin/x', mode: 0o755, size: programBytes, pieces: program(programBytes) }],
};

function* after(first, others) {
  yield first;
  yield* others;
}

/** Makes each of the images in turn, passes its name and docker archive to `use`, and removes it. */
export async function withLargeLayers(directory, use) {
  for (const [name, entriesOf] of Object.entries(layers)) {
    const [layer, archive] = [join(directory, 'layer.tar'), join(directory, 'image.tar')];
    const release = { path: 'etc/os-release', bytes: Buffer.from('ID=debian\nVERSION_ID=12\n') };
    const { digest, size } = writeTar(layer, after(release, entriesOf()));
    const rootfs = { type: 'layers', diff_ids: [`sha256:${digest}`] };
    const config = Buffer.from(JSON.stringify({ architecture: 'amd64', os: 'linux', config: {}, rootfs }));
    const manifest = [{ Config: 'config.json', RepoTags: ['bench:latest'], Layers: ['layer.tar'] }];
    writeTar(archive, [
      { path: 'config.json', bytes: config },
      { path: 'layer.tar', size, pieces: piecesOf(layer) },
      { path: 'manifest.json', bytes: Buffer.from(JSON.stringify(manifest)) },
    ]);
    rmSync(layer);
    await use(name, archive);
    rmSync(archive);
  }
}
