import { deflateSync } from 'node:zlib';
import fc from 'fast-check';
import { testBudget } from '@clarion/test-kit';
import { parseRustBinary } from './parse';

const path = 'opt/shop';

function parse(sections: readonly Uint8Array[], budget = testBudget()): ReturnType<typeof parseRustBinary> {
  const parts = sections.map(({ length: size }) => {
    return { name: '.dep-v0', within: '', offset: 0, size, fullSize: size };
  });
  const excerpt = { fileSize: 1, parts, archives: [], executables: [], leftOut: [] };
  return parseRustBinary({ path, content: Buffer.concat(sections), excerpt }, budget);
}

function list(packages: unknown): Buffer {
  return deflateSync(JSON.stringify({ packages }));
}

const crates = [
  { name: 'bytes', version: '1.0.0', source: 'crates.io', dependencies: [1] },
  { name: 'autocfg', version: '1.0.1', source: 'crates.io', kind: 'build' },
  { name: 'shop', version: '0.7.0', source: 'local', root: true, kind: 'runtime' },
];
const found = [
  { type: 'cargo', name: 'bytes', version: '1.0.0', path },
  { type: 'cargo', name: 'shop', version: '0.7.0', path },
];

test.each<[what: string, sections: readonly Uint8Array[]]>([
  ['one program', [list(crates)]],
  ['two architectures', [list(crates), list(crates)]],
  ['a padded section', [Buffer.concat([list(crates), Buffer.alloc(16)])]],
])('rust-binary lists the crates that run in %s', (_, sections) => {
  expect(parse(sections)).toEqual({ features: found, problems: [] });
});

test.each<[what: string, section: Uint8Array, code: string]>([
  ['a section that is cut off', list(crates).subarray(0, 20), 'unreadable-database'],
  ['an empty section', Buffer.alloc(0), 'unreadable-database'],
  ['other text', deflateSync('x'), 'unreadable-database'],
  ['no list', deflateSync('{}'), 'unreadable-database'],
  ['a list that is far larger than its section', deflateSync(Buffer.alloc(20_000_000, ' ')), 'limit-reached'],
  ['a crate without version', list([{ name: 'a' }]), 'bad-record'],
  ['a crate that is a number', list([1]), 'bad-record'],
])('rust-binary reports %s', (_, section, code) => {
  const { features, problems } = parse([section]);
  expect([features, problems.map((problem) => problem.code)]).toEqual([[], [code]]);
});

test('rust-binary throws nothing, whatever is changed in a section', () => {
  const whole = list(crates);
  const change = fc.tuple(fc.nat(whole.length - 1), fc.nat(255));
  fc.assert(
    fc.property(fc.array(change, { maxLength: 6 }), fc.nat(whole.length), fc.json(), (changes, cut, text) => {
      const copy = Buffer.from(whole);
      for (const [at, byte] of changes) copy[at] = byte;
      for (const section of [copy, copy.subarray(0, cut), deflateSync(text), deflateSync(`{"packages":[${text}]}`)]) {
        expect(parse([section]).features.every(({ name }) => name !== '')).toBe(true);
      }
    }),
  );
});
