import { buildZip, endBlocks, member, pax } from '@clarion/test-kit';

/** A document of about this many bytes. */
export type HostileBody = (size: number) => Buffer;

/** `start`, then `token` repeated, then `end`. */
export const repeated =
  (token: string, { start = '', end = '' } = {}): HostileBody =>
  (size) =>
    Buffer.from(start + token.repeat(Math.ceil(size / token.length)) + end);

/** A token that counts, so that names differ. */
export const counted =
  (token: string, { start = '', end = '' } = {}): HostileBody =>
  (size) =>
    Buffer.from(
      start +
        Array.from({ length: Math.ceil(size / token.length) }, (_, at) => token.replace('#', String(at))).join('') +
        end,
    );

const list = { start: '{"x":[', end: '1]}' };
const inMember = { start: '{"x":', end: '}' };
const record = { start: '<r><u>', end: '</u></r>' };

/** Inputs that make readers work hard, in any size. */
export const hostileShapes: Readonly<Record<string, HostileBody>> = {
  'empty lists side by side': repeated('[]', inMember),
  'empty lists side by side in another member': repeated('[]', { start: '{"y":', end: '}' }),
  'names and lists side by side': repeated('"y":[1]', { start: '{', end: '}' }),
  'empty objects side by side': repeated('{}', inMember),
  'lists in a list': repeated('[],', list),
  'open brackets': repeated('[', inMember),
  'open braces': repeated('{"x":', {}),
  'strings side by side': repeated('"a"', inMember),
  'one long string': repeated('a', { start: '{"x":"', end: '"}' }),
  'one long string without end': repeated('a', { start: '{"x":"' }),
  backslashes: repeated('\\', { start: '{"x":"', end: '"}' }),
  'escaped quotes': repeated('\\"', { start: '{"x":"', end: '"}' }),
  'a long number': repeated('9', { start: '{"x":', end: '}' }),
  'a long number in a list': repeated('9', list),
  'many members': counted('"a#":1,', { start: '{', end: '"z":1}' }),
  'many lists of the name': repeated('"x":[1],', { start: '{', end: '"z":1}' }),
  'many elements': repeated('1,', list),
  'blanks in front': repeated(' ', { end: '{"x":[1]}' }),
  'blanks behind': repeated(' ', { start: '{"x":[1]}' }),
  'a long name': repeated('n', { start: '{"', end: '":[1]}' }),
  'colons and brackets': repeated(':[]', { start: '{"x"', end: '}' }),
  'elements of XML': repeated('<a/>', record),
  'records of XML': repeated('<u/>', { start: '<r>', end: '</r>' }),
  'open elements': repeated('<a>', record),
  'open elements of other names': counted('<a#>', record),
  attributes: counted(' a#="1"', { start: '<r><u', end: '/></r>' }),
  'attributes of records': repeated('<u a="1" b="2"/>', { start: '<r>', end: '</r>' }),
  'one long attribute': repeated('v', { start: '<r><u a="', end: '"/></r>' }),
  'an attribute without end': repeated('v', { start: '<r><u a="' }),
  entities: repeated('&amp;', record),
  'entities of numbers': repeated('&#65;', record),
  'an entity without end': repeated('a', { start: '<r><u>&' }),
  'a comment without end': repeated('-', { start: '<r><u><!--' }),
  'comments side by side': repeated('<!---->', record),
  'CDATA sections': repeated('<![CDATA[x]]>', record),
  'brackets in CDATA': repeated(']', { start: '<r><u><![CDATA[', end: ']]></u></r>' }),
  'instructions side by side': repeated('<?a b?>', record),
  'an instruction without end': repeated('?', { start: '<r><?a ' }),
  'carriage returns': repeated('\r', record),
  'a long element name': repeated('n', { start: '<r><u><', end: '/></u></r>' }),
  'many-byte characters': repeated('\u{1F600}', record),
  'text and elements in turn': repeated('t<a/>', record),
  'one long line': repeated('l', {}),
  'empty lines': repeated('\n', {}),
  'short lines': repeated('a\n', {}),
  'lines with blanks': repeated(' \t\n', {}),
  'fields of a stanza': repeated('Package: a\n', {}),
  'continuation lines': repeated(' a\n', { start: 'Package: a\n' }),
  'stanzas of Debian': repeated('Package: a\nVersion: 1\n\n', {}),
  'records of apk': repeated('P:a\nV:1\n\n', {}),
  'assignments of the shell': repeated('A=1\n', {}),
  'a quote of the shell without end': repeated('a\\', { start: 'A="' }),
  'blanks before an assignment': repeated(' ', { end: 'A=1' }),
  'colons of a line': repeated(':', {}),
  'files of a zip': (size) =>
    buildZip(Array.from({ length: size / 128 }, (_, at) => ({ name: `f${at}`, content: Buffer.from('x') }))),
  'files of a zip whose length follows': (size) =>
    buildZip(
      Array.from({ length: size / 128 }, (_, at) => ({
        name: `f${at}`,
        content: Buffer.from('x'),
        descriptor: 'signed' as const,
      })),
    ),
  'a large file of a zip': (size) => buildZip([{ name: 'f', content: Buffer.alloc(size, 'ab') }]),
  'files of a tar': (size) =>
    Buffer.concat([...Array.from({ length: size / 1024 }, (_, at) => member({ name: `f${at}` }, 'x')), endBlocks]),
  'records of a PAX header': (size) =>
    Buffer.concat([
      pax(Array.from({ length: size / 16 }, (_, at) => [`k${at}`, 'v'])),
      member({ name: 'f' }),
      endBlocks,
    ]),
  'records of a PAX header with one name': (size) =>
    Buffer.concat([pax(Array.from({ length: size / 16 }, () => ['path', 'v'])), member({ name: 'f' }), endBlocks]),
  'a PAX header of digits': (size) => Buffer.concat([member({ name: 'x', flag: 'x' }, '1'.repeat(size)), endBlocks]),
  'PAX headers behind each other': (size) =>
    Buffer.concat(Array.from({ length: size / 1024 }, () => pax([['path', 'v']]))),
  'a long name of GNU': (size) =>
    Buffer.concat([member({ name: 'x', flag: 'L' }, 'n/'.repeat(size / 2)), member({ name: 'f' }), endBlocks]),
  'local headers without a directory': repeated('PK\u0003\u0004', {}),
};
