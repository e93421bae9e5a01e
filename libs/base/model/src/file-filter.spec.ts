import type { Excerpt, FileFilter } from './file-filter';
import { fileFilterFault } from './file-filter-fault';
import { partsOf } from './wanted-file';

const whole: FileFilter = { paths: ['a'], maxBytes: 1 };
const zip: Excerpt = { kind: 'zip-members', members: ['*'], maxMemberBytes: 1, maxMembers: 1 };
const sections: Excerpt = { kind: 'sections', sections: ['.text'], maxSectionBytes: 1 };
const patterns: Excerpt = { kind: 'patterns', patterns: ['abc\xff'], before: 0, after: 0, maxMatches: 1 };

describe('fileFilterFault', () => {
  it.each<[string, FileFilter]>([
    ['whole files', whole],
    ['executables of a format', { ...whole, executable: true, magic: ['elf', 'pe', 'mach-o', 'zip'] }],
    ['members', { ...whole, excerpt: zip }],
    ['nested members', { ...whole, excerpt: { ...zip, nested: ['*.jar'], depth: 5 } }],
    ['sections', { ...whole, excerpt: sections }],
    ['notes only', { ...whole, excerpt: { ...sections, sections: [], notes: [{ owner: 'GNU', type: 3 }] } }],
    ['patterns', { ...whole, excerpt: patterns }],
    ['build information', { ...whole, excerpt: { kind: 'go-build-info' } }],
  ])('accepts a filter for %s', (_, filter) => {
    expect(fileFilterFault(filter)).toBeUndefined();
  });

  it.each<[Partial<FileFilter>, string]>([
    [{ paths: [] }, 'its file filter names no paths, or more than 4096'],
    [{ references: { paths: [], words: ['-r'] } }, 'its references name no paths, or more than 4096'],
    [
      { references: { paths: ['*.txt'], words: [''] } },
      'its references name empty words, or some longer than 4096 characters',
    ],
    [
      { references: { paths: ['/a'], words: ['-r'] } },
      'its references have "/a", but a glob has no leading slash and no empty, "." or ".." component',
    ],
    [{ paths: ['x'.repeat(5000)] }, 'its file filter names empty paths, or some longer than 4096 characters'],
    ...['/opt/*/VERSION', './opt/*', '//opt/*', '/**/VERSION', 'opt//*', 'opt/../*', 'opt/'].map(
      (glob): [Partial<FileFilter>, string] => [{ paths: ['a', glob] }, `its paths have "${glob}", but a glob has no`],
    ),
    [{ excerpt: { ...zip, members: ['/META-INF/*'] } }, 'its members have "/META-INF/*", but a glob has no'],
    [{ excerpt: { ...zip, nested: ['./*.jar'], depth: 1 } }, 'its nested have "./*.jar", but a glob has no'],
    [{ maxBytes: 0.5 }, 'its max_bytes is not a whole number of at least 1'],
    [{ maxBytes: 2 ** 64 }, 'its max_bytes is above 9007199254740991'],
    [{ excerpt: { ...sections, maxSectionBytes: 2 ** 64 } }, 'its max_section_bytes is above 9007199254740991'],
    [{ magic: ['exe' as never] }, 'it asks for files of an unknown format'],
    [{ excerpt: { ...zip, depth: 1 } }, 'its excerpt has nested or depth, but not both'],
    [{ excerpt: { ...zip, depth: NaN } }, 'its depth is not a whole number of at least 0'],
    [{ excerpt: { ...sections, notes: [{ owner: '' }] } }, 'its excerpt names empty notes, or some longer'],
    [{ excerpt: { ...patterns, patterns: ['abc\u0100'] } }, 'a pattern of its excerpt does not have 4 to 256 bytes'],
    [{ excerpt: { ...patterns, before: -1 } }, 'its before is not a whole number of at least 0'],
  ])('names the fault of %j', (part, fault) => {
    expect(fileFilterFault({ ...whole, ...part })).toContain(fault);
  });
});

describe('partsOf', () => {
  it('returns each part with its bytes, and nothing for a whole file', () => {
    const part = { within: '', offset: 0, fullSize: 9 };
    const parts = [
      { ...part, name: 'a', size: 2 },
      { ...part, name: 'b', size: 0 },
      { ...part, name: 'c', size: 1 },
    ];
    const excerpt = { fileSize: 9, parts, archives: [], executables: [], leftOut: [] };
    const file = { path: 'x', content: Buffer.from('abc') };
    expect([...partsOf({ ...file, excerpt })].map(({ name, content }) => [name, String(content)])).toEqual([
      ['a', 'ab'],
      ['b', ''],
      ['c', 'c'],
    ]);
    expect([...partsOf(file)]).toEqual([]);
  });
});
