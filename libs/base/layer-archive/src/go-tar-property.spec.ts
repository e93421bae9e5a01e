import path from 'node:path';
import type { LayerEntry } from '@clarion/model';
import { base256, member, octal, padded, pax, rawHeader } from '@clarion/test-kit';
import fc from 'fast-check';
import { buildGoTar, type GoEntry, type GoTar, whyNoGo } from '../testing/go-tar';
import { chunked } from '../testing/recording';
import { tarOf } from '../testing/walked';
import { walkTar } from './walk-tar';

const formats = ['v7', 'ustar', 'star', 'gnu'] as const;
const optional = <T>(...values: readonly T[]): fc.Arbitrary<T | undefined> =>
  fc.option(fc.constantFrom(...values), { nil: undefined, freq: 2 });
const number = (value: number): string => `${octal(value, 11)}\0`;
const block = (text: string): string => text.padEnd(Math.ceil(text.length / 512) * 512, '\0');

/** Bodies, some of which begin with the map of a sparse file. */
const body = fc.constantFrom(
  '',
  'abc',
  'A'.repeat(512),
  'B'.repeat(700),
  `${block('1\n2\n3\n')}abc`,
  `${block('2\n0\n1\n3\n2\n')}abc`,
  block('0\n'),
  block('1\n0\n512\n'),
);

/** Fields that are unusual, or not numbers at all, by their offset. */
const patches = optional<Readonly<Record<number, string | Uint8Array>>>(
  { 100: 'rwxr-xr-' },
  { 108: base256(-1n).subarray(4) },
  { 116: '12 \0x' },
  { 136: base256(1n << 70n) },
  { 136: base256(-5n) },
  { 148: '0' },
  { 329: 'x' },
  { 345: '00000000017\0' },
  { 345: '12\0', 357: '8' },
  { 357: 'status' },
  { 476: 'never' },
);

const plain = fc
  .record({
    name: fc.constantFrom('a', 'b/', 'a/b', 'x', './c', '/d', 'e//f/', '', './', '/'),
    flag: fc.constantFrom('0', '0', '0', '\0', '\0', '1', '2', '3', '4', '5', '6', '7', 'D', 'V', 'X', 'Q'),
    link: fc.constantFrom('', 'a', './t', '/u/'),
    prefix: fc.constantFrom('', '', 'p', 'p/q', '00000000017', 'é'),
    format: fc.constantFrom(...formats),
    device: fc.constantFrom<[number, number]>([0, 0], [1, 3]),
    patches,
    body,
  })
  .map(({ body: content, patches: odd, ...fields }) => member({ ...fields, ...(odd && { patches: odd }) }, content));

const longs = fc
  .tuple(fc.constantFrom('L', 'K'), fc.constantFrom('long', 'long/', 'long\0rest', '', '\0'))
  .map(([flag, text]) => member({ flag, name: '././@LongLink', format: 'gnu' }, text));

type Records = readonly (readonly [string, string])[];

const usualRecords: Records = [
  ['path', 'pax'],
  ['path', 'pax/'],
  ['path', ''],
  ['path', 'a\0b'],
  ['linkpath', 'to'],
  ['linkpath', ''],
  ['size', '3'],
  ['size', '512'],
  ['size', ''],
  ['mtime', '1.5'],
  ['mtime', 'now'],
  ['uid', '1000'],
  ['uid', 'root'],
  ['comment', 'x'],
];

/** Records of a sparse file: complete, or with required ones left out, in any order. */
const sparseRecords: fc.Arbitrary<Records> = fc
  .record({
    version: optional<Records>(
      [
        ['GNU.sparse.major', '0'],
        ['GNU.sparse.minor', '0'],
      ],
      [
        ['GNU.sparse.major', '0'],
        ['GNU.sparse.minor', '1'],
      ],
      [
        ['GNU.sparse.major', '1'],
        ['GNU.sparse.minor', '0'],
      ],
      [
        ['GNU.sparse.major', '0'],
        ['GNU.sparse.minor', '7'],
      ],
      [['GNU.sparse.major', '1']],
      [['GNU.sparse.minor', '0']],
    ),
    name: optional('sparse', 'sparse/', ''),
    size: optional('5', '6', '700', '512', '', 'x'),
    realsize: optional('5', '7', '2'),
    numblocks: fc.constantFrom('1', '1', '2', '0', 'x', undefined),
    map: optional('2,3', '0,1,3,2', '0,3', '', '3,2,0,1', '1'),
    pairs: optional<Records>(
      [
        ['GNU.sparse.offset', '2'],
        ['GNU.sparse.numbytes', '3'],
      ],
      [['GNU.sparse.offset', '']],
      [['GNU.sparse.numbytes', '3']],
      [
        ['GNU.sparse.offset', '1,2'],
        ['GNU.sparse.numbytes', '3'],
      ],
    ),
    reversed: fc.boolean(),
  })
  .map(({ version = [], pairs = [], reversed, ...rest }) => {
    const single = Object.entries(rest).flatMap(([key, value]) =>
      value === undefined ? [] : [[`GNU.sparse.${key}`, value] as const],
    );
    return reversed ? [...single.reverse(), ...pairs, ...version] : [...version, ...pairs, ...single];
  });

const paxHeader = fc
  .tuple(
    fc.constantFrom('x', 'x', 'x', 'g'),
    fc.subarray([...usualRecords], { maxLength: 3 }),
    sparseRecords,
    fc.nat(2),
  )
  .map(([flag, usual, sparse, which]) => pax([...(which < 2 ? usual : []), ...(which > 0 ? sparse : [])], flag));

/** Old GNU sparse files with blocks of their map after the header. */
const oldSparse = fc
  .record({
    name: fc.constantFrom('s', '', 's/'),
    format: fc.constantFrom('gnu', 'gnu', 'gnu', 'ustar', 'star'),
    pieces: fc.constantFrom([2, 3], [0, 1, 3, 2], [], [0, 3], [5, 1]),
    more: fc.array(fc.constantFrom([], [10, 0], [2, 3]), { maxLength: 2 }),
    size: fc.constantFrom(5, 10, 3, 0),
    body: fc.constantFrom('abc', '', 'abcdef'),
  })
  .map(({ name, format, pieces, more, size, body: content }) => {
    const patch = { 386: pieces.map(number).join(''), 482: more.length > 0 ? '\x01' : '\0', 483: number(size) };
    const blocks = more.map((values, at) => {
      const bytes = Buffer.alloc(512);
      bytes.write(values.map(number).join(''), 'latin1');
      bytes[504] = at + 1 < more.length ? 1 : 0;
      return bytes;
    });
    const header = rawHeader({ name, flag: 'S', format: format, size: content.length, patches: patch });
    return Buffer.concat([header, ...blocks, padded(Buffer.from(content))]);
  });

const headers = fc.array(
  fc.oneof({ weight: 3, arbitrary: plain }, longs, { weight: 2, arbitrary: paxHeader }, oldSparse),
  {
    minLength: 1,
    maxLength: 6,
  },
);

interface Seen {
  readonly path: string;
  readonly type: LayerEntry['type'];
  readonly link: string;
  readonly size: number;
  readonly nullDevice: boolean;
  content: string | undefined;
}

const kinds: Readonly<Record<string, LayerEntry['type']>> = {
  '0': 'file',
  '1': 'hardlink',
  '2': 'symlink',
  '3': 'character-device',
  '5': 'directory',
  '7': 'file',
  D: 'directory',
  S: 'file',
};

const clean = (name: string): string => path.posix.normalize(`/${name}`).replaceAll(/^\/|\/$/g, '');

/** What a container runtime makes of an entry: names are cleaned, global headers and the root are skipped. */
function unpacked({ name, flag, link, size, null: isNull, content }: GoEntry): readonly Seen[] {
  const at = clean(name.toString());
  if (flag === 'g' || at === '') return [];
  const target = clean(link.toString());
  const kind = kinds[flag] ?? 'other';
  const type = kind === 'hardlink' && target === '' ? 'other' : kind;
  return [
    {
      path: at,
      type,
      link: type === 'hardlink' ? target : type === 'symlink' ? link.toString() : '',
      size: type === 'file' ? size : 0,
      nullDevice: type === 'character-device' && isNull,
      content: type === 'file' ? content.toString('latin1') : undefined,
    },
  ];
}

async function walked(tar: Uint8Array): Promise<{ seen: Seen[]; problems: readonly string[]; error?: string }> {
  const seen: Seen[] = [];
  const visitor = {
    entry({ path: at, type, link, size, nullDevice }: LayerEntry) {
      seen.push({ path: at, type, link, size, nullDevice, content: undefined });
      return Infinity;
    },
    content(_entry: LayerEntry, bytes: Uint8Array) {
      seen.at(-1)!.content = Buffer.from(bytes).toString('latin1');
    },
    oversized: () => undefined,
  };
  try {
    const { problems } = await walkTar(chunked(tar, 700), visitor, { label: 'it' });
    return { seen, problems: problems.map(({ message }) => message) };
  } catch (error) {
    return { seen, problems: [], error: String(error) };
  }
}

/** Problems of archives that Go's archive/tar reads: runtimes fail later, or Clarion only reports more. */
const reportedAnyway = [
  / is of the unknown type /,
  /^A global pax header that sets .* is not applied$/,
  /^An entry that is not a directory has the name of the root: /,
  /^The hard link .* points to no file of the image$/,
];

const reason = whyNoGo();
const suite = reason === undefined ? describe : describe.skip;

suite(`tars of any headers${reason === undefined ? '' : ` (skipped: ${reason})`}`, () => {
  let go: GoTar;
  beforeAll(() => {
    go = buildGoTar();
  }, 300_000);
  afterAll(() => {
    go.close();
  });

  it("are read as by Go's archive/tar, and what that rejects is rejected or a problem", async () => {
    let whole = 0;
    await fc.assert(
      fc.asyncProperty(headers, async (parts) => {
        // Something always follows: an extended header without an entry is a separate case.
        const tar = tarOf(...parts, member({ name: 'end' }, 'z'));
        const expected = go.read(tar);
        const { seen, problems, error } = await walked(tar);
        if (expected.error !== undefined) {
          expect([error, ...problems]).toContainEqual(expect.any(String));
          return;
        }
        whole += 1;
        expect(error).toBeUndefined();
        expect(seen).toEqual(expected.entries.flatMap(unpacked));
        expect(problems.filter((problem) => !reportedAnyway.some((known) => known.test(problem)))).toEqual([]);
        const unknown = expected.entries.filter(
          ({ flag }) => !['4', '6', 'g'].includes(flag) && kinds[flag] === undefined,
        );
        expect(problems.length).toBeGreaterThanOrEqual(unknown.length);
      }),
      { numRuns: 800 },
    );
    // Most of these headers are rejected by both.
    expect(whole).toBeGreaterThan(100);
  }, 300_000);
});
