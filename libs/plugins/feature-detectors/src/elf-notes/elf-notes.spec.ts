import { testBudget } from '@clarion/test-kit';
import { parseNotes } from './parse';

const path = 'opt/bin/tool';

function parse(...notes: readonly string[]): ReturnType<typeof parseNotes> {
  const contents = notes.map((text) => Buffer.from(text));
  const parts = contents.map(({ length: size }) => {
    return { name: 'FDO', within: '', offset: 0, size, fullSize: size, noteType: 0xcafe1a7e };
  });
  const excerpt = { fileSize: 1, parts, archives: [], executables: [], leftOut: [] };
  return parseNotes({ path, content: Buffer.concat(contents), excerpt }, testBudget());
}

const rpm = {
  type: 'rpm',
  name: 'coreutils',
  version: '4711.0815.fc13-1',
  architecture: 'arm32',
  osCpe: 'cpe:/o:fedoraproject:fedora:33',
};

test.each<[what: string, notes: readonly string[], found: object]>([
  [
    'the package with its distribution',
    [JSON.stringify(rpm)],
    { name: rpm.name, version: rpm.version, architecture: 'arm32', vendor: rpm.osCpe },
  ],
  [
    'text that ends with zero bytes',
    [`{"type":"deb","os":"debian","name":"a","version":"1"}\0\0`],
    { vendor: 'debian' },
  ],
  ['one of several notes', ['{"name":"a","version":"1"}', '{"name":"a","version":"1"}'], { name: 'a', version: '1' }],
])('elf-notes lists %s', (_, notes, found) => {
  const { features, problems } = parse(...notes);
  expect(features).toMatchObject([{ type: 'generic', path, ...found }]);
  expect(problems).toEqual([]);
});

test.each<[what: string, note: string, codes: readonly string[]]>([
  ['no JSON', 'x', ['unreadable-database']],
  ['no object', '[]', ['unreadable-database']],
  ['a note that is cut off', '{"name":"a","ver', ['unreadable-database']],
  ['a name that is a number', '{"name":1,"version":"1"}', ['bad-record']],
  ['no version', '{"name":"a"}', ['bad-record']],
  ['an endless name', JSON.stringify({ name: 'a'.repeat(5000), version: '1' }), ['bad-record']],
  ['deep nesting', '['.repeat(50_000), ['limit-reached']],
  ['nothing about a package', '{"buildId":"abc"}', []],
])('elf-notes reports %s', (_, note, codes) => {
  const { features, problems } = parse(note);
  expect([features, problems.map(({ code }) => code)]).toEqual([[], codes]);
});
