// SYNTHETIC DATA for load tests. Packs OSV records of SUSE (newline-delimited JSON, gzip) like the upstream: one file
// per record in `osv.tar.bz2`, here without the outer compression, which readers detect by the bytes. The records are
// real.
// Usage: node tools/feeds/suse-osv-to-archive.mjs osv.ndjson.gz DIRECTORY
import { createReadStream, createWriteStream, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { neededArguments } from '../setup/needed-arguments.mjs';

const [input, output] = neededArguments(['osv.ndjson.gz', 'DIRECTORY']);

/** A ustar header of a file (POSIX.1-2017, pax, "ustar Interchange Format"). */
function header(name, size) {
  const block = Buffer.alloc(512);
  block.write(name, 0, 100);
  block.write('0000644\0', 100);
  block.write('0000000\0', 108);
  block.write('0000000\0', 116);
  block.write(`${size.toString(8).padStart(11, '0')}\0`, 124);
  block.write('00000000000\0', 136);
  block.write('        ', 148);
  block.write('0', 156);
  block.write('ustar\x0000', 257);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}

async function* archive() {
  let records = 0;
  const lines = createInterface({ input: createReadStream(input).pipe(createGunzip()), crlfDelay: Infinity });
  for await (const line of lines) {
    const { id } = JSON.parse(line);
    const content = Buffer.from(line);
    yield header(`osv/${id}.json`, content.length);
    yield content;
    yield Buffer.alloc((512 - (content.length % 512)) % 512);
    records += 1;
  }
  yield Buffer.alloc(1024);
  console.log(`${records} records`);
}

mkdirSync(output, { recursive: true });
await pipeline(Readable.from(archive()), createWriteStream(join(output, 'osv.tar.bz2')));
