import type { FileFilter } from '@clarion/model';
import { requireServed } from './served-filters';

const whole: FileFilter = { paths: ['a'], maxBytes: 1 };
const patterns = { kind: 'patterns', patterns: ['abcd'], before: 0, after: 1, maxMatches: 1 } as const;

describe('requireServed', () => {
  it('accepts whole files by path', () => {
    expect(() => {
      requireServed([{ id: 'x', files: { ...whole, executable: false, byPath: true } }]);
    }).not.toThrow();
  });

  it.each<[string, Partial<FileFilter>]>([
    ['executable', { executable: true }],
    ['magic', { magic: ['elf'] }],
    ['excerpt', { excerpt: patterns }],
  ])('rejects a detector that asks for %s, by name', (member, part) => {
    expect(() => {
      requireServed([
        { id: 'a', files: whole },
        { id: 'jars', files: { ...whole, ...part } },
      ]);
    }).toThrow(`The detector jars asks for files by ${member}, which is not supported yet`);
  });
});
