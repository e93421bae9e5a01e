import fc from 'fast-check';
import { testBudget } from '@clarion/test-kit';
import { decodeLinkedFunctions } from '@clarion/ecosystems';
import { functionRoom } from './linked-packages';
import { versionOfFlags } from './linked-version';
import { parseGoBinary } from './parse';

const path = 'opt/shop';

function parse(
  texts: readonly { readonly version?: string; readonly modules?: string; readonly functions?: string }[],
  { budget = testBudget(), room = functionRoom() } = {},
): ReturnType<typeof parseGoBinary> {
  const named = texts.flatMap((one, index) =>
    Object.entries(one).map(([name, text]) => ({ name, text, within: index === 0 ? '' : `other-${index}` })),
  );
  const contents = named.map(({ text }) => Buffer.from(text));
  const parts = named.map(({ name, within }, index) => {
    const size = contents[index]?.length ?? 0;
    return { name, within, offset: 0, size, fullSize: size };
  });
  const excerpt = { fileSize: 1, parts, archives: [], executables: [], leftOut: [] };
  return parseGoBinary({ path, content: Buffer.concat(contents), excerpt }, { budget, room });
}

const mod = 'path\texample.com/shop/cmd\nmod\texample.com/shop\tv1.4.2\th1:x=\n';
const devel = 'mod\texample.com/shop\t(devel)\t\n';

test.each<[what: string, modules: string, found: readonly string[]]>([
  [
    'the main module and its dependencies',
    `${mod}dep\ta.b/c\tv1.0.0\th1:y=\n`,
    ['example.com/shop v1.4.2', 'a.b/c v1.0.0'],
  ],
  [
    'what replaces a module',
    `${mod}dep\ta.b/c\tv1.0.0\n=>\td.e/f\tv2.0.0+incompatible\th1:z=\n`,
    ['example.com/shop v1.4.2', 'd.e/f v2.0.0+incompatible'],
  ],
  [
    'a module that a directory replaces, without the version of what it replaces',
    `${mod}dep\ta.b/c\tv1.0.0\n=>\t./sub.v3\t(devel)\t\n`,
    ['example.com/shop v1.4.2', 'a.b/c (devel)'],
  ],
  [
    'a module that a directory of Windows replaces',
    `${mod}dep\ta.b/c\tv1.0.0\n=>\tC:\\lib\t\n`,
    ['example.com/shop v1.4.2', 'a.b/c (devel)'],
  ],
  ['a main module without version', devel, ['example.com/shop (devel)']],
  ['a main module with an empty version', 'mod\texample.com/shop\t\t\n', ['example.com/shop (devel)']],
  [
    'its version in flags of the linker',
    `${devel}build\t-ldflags="-s -X main.version=v1.2.3"\n`,
    ['example.com/shop v1.2.3'],
  ],
  ['no commands of Go itself', 'path\tcmd/gofmt\nmod\tcmd\t(devel)\t\n', []],
  ['a program without modules', 'path\tcommand-line-arguments\n', []],
  ['a replacement of nothing', '=>\td.e/f\tv2.0.0\n', []],
  ['nothing', '', []],
])('go-binary lists %s', (_, modules, found) => {
  const { features, problems } = parse([{ modules }]);
  expect(features.map(({ name, version }) => `${name} ${version}`)).toEqual(found);
  expect(features.every((feature) => feature.type === 'golang' && feature.path === path)).toBe(true);
  expect(problems).toEqual([]);
});

test.each([
  ['go1.22.1', '1.22.1'],
  ['go1.19.8 X:boringcrypto', '1.19.8'],
  ['go1.22rc1', '1.22rc1'],
  ['devel go1.23-0a1b2c3', 'devel go1.23-0a1b2c3'],
])('go-binary lists the standard library of %s as %s', (version, found) => {
  expect(parse([{ version }]).features).toEqual([{ type: 'golang', name: 'stdlib', version: found, path }]);
});

test('go-binary lists what several architectures have once, and reports modules without version', () => {
  const one = { version: 'go1.22.1', modules: `${mod}dep\ta.b/c\t\n` };
  const { features, problems } = parse([one, one]);
  expect(features.map(({ name }) => name)).toEqual(['stdlib', 'example.com/shop']);
  expect(problems.map(({ code }) => code)).toEqual(['bad-record', 'bad-record']);
});

test('go-binary lists at most as many packages as a layer may have', () => {
  const budget = testBudget();
  const modules = Array.from({ length: 100_002 }, (_, n) => `dep\ta/${n}\tv1\n`).join('');
  expect(parse([{ modules }], { budget }).features).toHaveLength(100_000);
  expect(budget.problem()?.code).toBe('limit-reached');
});

test('go-binary reads any text', () => {
  const line = fc.tuple(fc.constantFrom('mod', 'dep', '=>', 'build', 'x'), fc.array(fc.string(), { maxLength: 4 }));
  fc.assert(
    fc.property(fc.array(line), fc.string(), (lines, version) => {
      const modules = lines.map(([kind, rest]) => [kind, ...rest].join('\t')).join('\n');
      const { features } = parse([{ version, modules }]);
      expect(features.every((feature) => feature.name !== '' && feature.version !== '')).toBe(true);
    }),
  );
});

const functions = [
  'runtime\tmain',
  'net/http\tGet\tClient.Do',
  'main\tmain\trun',
  'example.com/shop/db\tOpen',
  'a.b/c\tNew',
  'a.b/c/v2\tNew2',
  'a.b/cd\tOther',
  'nodots\tF',
].join('\n');
const platform = 'build\tGOOS=linux\nbuild\tGOARCH=arm64\n';

test.each<[module: string, path: string, name: string, isLinked: boolean]>([
  ['stdlib', 'net/http', 'Client.Do', true],
  ['stdlib', 'net/http', 'Post', false],
  ['stdlib', 'nodots', 'F', true],
  ['stdlib', 'a.b/c', 'New', false],
  ['example.com/shop', 'db', 'Open', true],
  ['example.com/shop', 'cmd', 'run', true],
  ['d.e/f', '', 'New', true],
  ['d.e/f', 'v2', 'New2', true],
  ['d.e/f', '', 'Other', false],
  ['d.e/f', '', 'Twice', true],
  ['a.b/c/v2', '', 'New2', true],
  ['a.b/c/v2', '', 'New', false],
  ['unused.example/x', '', 'F', false],
])('go-binary keeps which functions are linked: of %s, %s %s is %s', (name, below, wanted, isLinked) => {
  const modules = [
    mod,
    'dep\ta.b/c\tv1.0.0\n=>\td.e/f\tv2.0.0\n',
    'dep\tg.h/i\tv1.0.0\n=>\td.e/f\tv2.0.0\n',
    'dep\ta.b/c/v2\tv2.0.0\ndep\tunused.example/x\tv1.0.0\n',
    platform,
  ].join('');
  const { features } = parse([{ version: 'go1.22.1', modules, functions: `${functions}\ng.h/i\tTwice` }]);
  const text = features.find((feature) => feature.name === name)?.linkedFunctions;
  const linked = decodeLinkedFunctions(text ?? '');
  expect(linked).toMatchObject({ os: 'linux', architecture: 'arm64' });
  expect(linked?.hasFunction(below, wanted)).toBe(isLinked);
});

test('go-binary keeps no functions of a program that does not show them, nor of several architectures', () => {
  const one = { version: 'go1.22.1', modules: mod };
  for (const programs of [
    [one],
    [
      { ...one, functions },
      { ...one, functions },
    ],
    [{ ...one, functions }, one],
  ]) {
    const { features } = parse(programs);
    expect(features.map(({ linkedFunctions }) => linkedFunctions)).toEqual([undefined, undefined]);
  }
});

test('go-binary keeps the platform where functions are unknown, of one architecture', () => {
  const one = { version: 'go1.22.1', modules: `${mod}${platform}` };
  const linkedIn = (...programs: Parameters<typeof parse>[0]) =>
    parse(programs).features.map(({ linkedFunctions }) => linkedFunctions);
  expect(linkedIn(one)).toEqual(['linux/arm64', 'linux/arm64']);
  expect(linkedIn(one, one)).toEqual([undefined, undefined]);
  const tooMany = parse([{ ...one, functions }], { room: { left: 5 } });
  expect(tooMany.features[0]?.linkedFunctions).toBe('linux/arm64');
});

test('go-binary keeps at most as many functions as a layer may have, and says so', () => {
  const room = { left: 5 };
  const { features, problems } = parse([{ version: 'go1.22.1', modules: mod, functions }], { room });
  expect(features.map(({ linkedFunctions }) => linkedFunctions)).toEqual([undefined, undefined]);
  expect(problems.map(({ code }) => code)).toEqual(['limit-reached']);
});

test.each<[flags: string, version: string | undefined]>([
  ['-X main.version=1.2.3', 'v1.2.3'],
  ['"-X \'main.Version=v1.2.3-rc.1\' -w"', 'v1.2.3-rc.1'],
  ['"-X=example.com/shop/internal/build.GitVersion=v1.2"', 'v1.2'],
  ['"-X example.com/shop/v.version=v2.0.0 -X main.version=v1.0.0"', 'v1.0.0'],
  ['"-X \\"main.version=v1.2.3\\""', 'v1.2.3'],
  ['`-X "main.version=v1.2.3"`', 'v1.2.3'],
  ['-X main.commit=1.2.3', undefined],
  ['-X main.version=unknown', undefined],
  ['-X other.com/x.version=v1.2.3', undefined],
  ['-X', undefined],
  [`-X main.version=${'1'.repeat(100_000)}`, undefined],
  ['', undefined],
])('the version in the flags of the linker %#', (flags, version) => {
  expect(versionOfFlags(flags, 'example.com/shop')).toBe(version);
});
