import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { BufferedFile } from './buffered-file';

const bytes = Buffer.from(Uint8Array.from({ length: 700_000 }, (_, at) => (at * 31 + (at >> 8)) & 0xff));

let folder = '';
let descriptor = 0;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'clarion-buffered-'));
  writeFileSync(path.join(folder, 'file'), bytes);
  descriptor = openSync(path.join(folder, 'file'), 'r');
});
afterAll(() => {
  closeSync(descriptor);
  rmSync(folder, { recursive: true });
});

const place = fc.integer({ min: 0, max: bytes.length + 5000 });
const length = fc.oneof(fc.integer({ min: 0, max: 5000 }), fc.integer({ min: 0, max: 600_000 }));
const step = fc.record({ offset: place, length, isKnown: fc.boolean() });

describe('BufferedFile', () => {
  it('returns the bytes of the file, whatever was read or known before', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 20 }), (steps) => {
        const file = new BufferedFile(descriptor);
        for (const { offset, length, isKnown } of steps) {
          const expected = bytes.subarray(offset, offset + length);
          if (isKnown) file.know(expected, offset);
          else expect(file.read(offset, length).equals(expected)).toBe(true);
        }
      }),
    );
  });

  it('takes what it knows from memory', () => {
    const file = new BufferedFile(2 ** 20);
    file.know(bytes.subarray(100, 300), 100);
    expect(file.read(150, 100).equals(bytes.subarray(150, 250))).toBe(true);
    expect(() => file.read(150, 200)).toThrow('EBADF');
  });
});
