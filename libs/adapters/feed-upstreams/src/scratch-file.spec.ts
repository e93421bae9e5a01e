import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openScratchFile } from './scratch-file';

describe('openScratchFile', () => {
  const directory = mkdtempSync(path.join(tmpdir(), 'clarion-scratch-'));
  afterAll(() => {
    rmSync(directory, { recursive: true, force: true });
  });

  it('reads back appended data at any offset and never shows up in its folder', () => {
    const file = openScratchFile(directory);
    expect(file.append(Buffer.from('abc'))).toBe(0);
    expect(file.append(Buffer.from('defgh'))).toBe(3);
    expect(readdirSync(directory)).toEqual([]);
    expect(Buffer.from(file.read(2, 4)).toString()).toBe('cdef');
    expect(file.append(Buffer.from('i'))).toBe(8);
    expect(Buffer.from(file.read(0, 9)).toString()).toBe('abcdefghi');
    expect(() => file.read(5, 10)).toThrow(/ends early/);
    file.close();
  });

  it('names the folder that is not writable', () => {
    expect(() => openScratchFile(path.join(directory, 'nowhere'))).toThrow(/nowhere.*scratch/);
  });
});
