import { createHash } from 'node:crypto';
import { decompress } from '@clarion/layer-archive';
import { ClarionError } from '@clarion/model';
import { type BundleRecord, bundleVersion, parseRecord } from './bundle-record';
import type { VerifyBundle } from './bundle-signature';

/**
 * The largest group of all upstreams, the kernel's, is smaller than a megabyte; states of feeds with many documents can
 * have several.
 */
const maxLineBytes = 32 * 1024 * 1024;
const limits = { bytes: 16 * 1024 ** 3, ratio: 500, ratioFreeBytes: 64 * 1024 ** 2, millis: 60 * 60 * 1000 };
const lineFeed = 0x0a;

/**
 * The records of a bundle, without header and end. Throws `ClarionError`: `corrupt-data` for an incomplete bundle or a
 * wrong checksum (known only at its end), `digest-mismatch` if `verify` accepts no signature of it, `unsupported` for
 * another format version, `limit-exceeded`.
 */
export async function* readBundle(
  bytes: AsyncIterable<Uint8Array>,
  label: string,
  verify?: VerifyBundle,
): AsyncGenerator<BundleRecord> {
  const digest = createHash('sha256');
  let count = 0;
  let ended = false;
  for await (const line of lines(decompress(bytes, { label, limits }))) {
    if (ended) throw damaged(label, 'it goes on after its end');
    const record = parseRecord(line.subarray(0, -1));
    if (count === 0) requireHeader(record, label);
    if (record.kind === 'end') {
      if (record.records !== count) throw damaged(label, `it holds ${count} records and not ${record.records}`);
      if (record.sha256 !== digest.digest('hex')) throw damaged(label, 'its checksum is wrong');
      requireSignature(record, label, verify);
      ended = true;
      continue;
    }
    digest.update(line);
    count += 1;
    if (record.kind !== 'header') yield record;
  }
  if (!ended) throw damaged(label, 'it ends early');
}

function requireHeader(record: BundleRecord, label: string): void {
  if (record.kind !== 'header') throw damaged(label, 'it has no header');
  if (record.version === bundleVersion) return;
  throw new ClarionError('unsupported', `${label} has format ${record.version}, this Clarion reads ${bundleVersion}`, {
    remedy: 'export it with the same version of Clarion',
  });
}

function requireSignature(
  { sha256, signature }: Extract<BundleRecord, { kind: 'end' }>,
  label: string,
  verify: VerifyBundle | undefined,
): void {
  if (verify === undefined || verify(sha256, signature)) return;
  const why =
    signature === undefined ? `${label} has no signature` : `The signature of ${label} is not by the expected key`;
  throw new ClarionError('digest-mismatch', why, { remedy: 'export it with clarion db export --sign-key' });
}

function damaged(label: string, why: string): ClarionError {
  return new ClarionError('corrupt-data', `${label} is not a usable bundle: ${why}`, {
    remedy: 'create it again with `clarion db export`, and copy all of it',
  });
}

/** Lines, including their line feed. */
async function* lines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let waiting: Buffer[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    let start = 0;
    for (let end = bytes.indexOf(lineFeed); end >= 0; end = bytes.indexOf(lineFeed, start)) {
      yield Buffer.concat([...waiting, bytes.subarray(start, end + 1)]);
      waiting = [];
      length = 0;
      start = end + 1;
    }
    // The next chunk may reuse the same memory.
    waiting.push(Buffer.from(bytes.subarray(start)));
    length += bytes.length - start;
    if (length > maxLineBytes)
      throw new ClarionError('limit-exceeded', `A record is larger than ${maxLineBytes} bytes`);
  }
  if (length > 0) throw new ClarionError('corrupt-data', 'The bundle ends inside of a record');
}
