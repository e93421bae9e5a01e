import { createWorkBudget, type DetectedFacts, type WantedFile, workLimits } from '@clarion/model';
import fc from 'fast-check';
import { featureDetectors } from './index';

// Metadata of languages is written by anyone: whatever is in it, a detector returns packages with a name and a version,
// or problems, and never throws.

const site = 'app/lib/python3/site-packages';

/** Where each detector finds its files, with members and lines that it understands. */
const detectors: readonly (readonly [id: string, paths: readonly string[], words: readonly string[]])[] = [
  [
    'python',
    [`${site}/a-1.dist-info/METADATA`, `${site}/b.egg-info/PKG-INFO`, 'opt/conda/conda-meta/c-1-0.json'],
    ['Name', 'Version', 'License', 'Classifier', 'License-Expression', 'name', 'version', 'license'],
  ],
  [
    'node',
    ['app/node_modules/a/package.json', 'app/node_modules/@s/b/package.json'],
    ['name', 'version', 'license', 'licenses', 'type', 'engines', 'vscode', 'unity', 'contributes'],
  ],
  ['ruby', ['x/specifications/a-1.gemspec'], ['Gem::Specification.new', '# stub', 's.name', 's.version', 's.licenses']],
  ['php-composer', ['app/vendor/composer/installed.json'], ['packages', 'name', 'version', 'license']],
  [
    'dotnet',
    ['app/A.deps.json'],
    ['libraries', 'targets', 'runtimeTarget', 'name', 'type', 'package', 'runtime', 'A/1', 'runtimepack.B/2'],
  ],
  ['r', ['x/library/a/DESCRIPTION'], ['Package', 'Version', 'License', 'Built: R 4.2.2', 'biocViews', 'Repository']],
  [
    'perl',
    [
      ...['x/auto/A/B/.packlist', 'x/perllocal.pod', 'x/.meta/A-B-1/install.json', 'x/.meta/A-B-1/MYMETA.json'],
      ...['y/auto/A/.packlist', 'y/.meta/A-1/install.json'],
    ],
    ['dist', 'provides', 'name', 'A::B', 'A-B-1', 'license', '=head2 x: C<Module> L<A::B|A::B>\n', 'C<VERSION: 1>\n'],
  ],
  [
    'lua',
    ['x/rocks-5.4/a/1-1/a-1-1.rockspec', 'x/rocks-5.4/b.rockspec'],
    ['package = "a"', 'version = ', 'license', '[[', ']]', 'description = {'],
  ],
  [
    'erlang',
    ['x/lib/a-1/ebin/a.app', 'x/lib/a-1/hex_metadata.config', 'y/hex_metadata.config'],
    ['{application,a,[', '{vsn,"1"}', ']}.', '<<"name">>', '<<"version">>', '{', '}.', '%', ',', "'a'", '\\'],
  ],
  ['dart', ['x/.dart_tool/package_config.json'], ['packages', 'name', 'rootUri', 'file:///c/hosted/h/a-1', '%', 'a']],
  [
    'swift',
    ['x/.build/workspace-state.json'],
    ['object', 'dependencies', 'packageRef', 'location', 'state', 'checkoutState', 'version', 'https://a/b.git'],
  ],
  ['haskell', ['x/package.conf.d/a.conf'], ['name', 'version', 'license', 'lib-name', 'package-name']],
];

async function detect(id: string, files: readonly WantedFile[]): Promise<DetectedFacts> {
  const detector = featureDetectors.find((one) => one.id === id)!;
  return detector.detect(files, createWorkBudget(id, workLimits.detector));
}

function json(words: readonly string[]): fc.Arbitrary<unknown> {
  const word = fc.oneof(fc.constantFrom(...words, '1.0', '__proto__', 'constructor', ''), fc.string());
  return fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      word,
      fc.constantFrom(null, true, 1, -0.5),
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(word, tie('value'), { maxKeys: 5 }),
    ),
  })).value;
}

function lines(words: readonly string[]): fc.Arbitrary<string> {
  const part = fc.oneof(fc.constantFrom(...words, ': ', ' = ', '"', "'", '\n', '\r', '\0', '1.0', ' '), fc.string());
  return fc.array(part, { maxLength: 30 }).map((parts) => parts.join(''));
}

describe.each(detectors)('%s', (id, paths, words) => {
  const texts = fc.oneof(
    json(words).map((value) => JSON.stringify(value)),
    lines(words),
  );
  const bytes = fc.oneof(
    texts.map((text) => Buffer.from(text)),
    fc.uint8Array({ maxLength: 300 }),
  );

  test('returns packages or problems for any content', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(bytes, { minLength: 1, maxLength: paths.length + 1 }), async (contents) => {
        const files = contents.map((content, at) => ({ path: paths[at % paths.length]!, content }));
        const { features = [], problems = [] } = await detect(id, files);
        for (const { name, version, license, path } of features) {
          expect([typeof name, typeof version, paths.includes(path)]).toEqual(['string', 'string', true]);
          expect(name !== '' && version !== '' && license !== '').toBe(true);
        }
        expect(problems.every((problem) => paths.includes(problem.path ?? ''))).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});
