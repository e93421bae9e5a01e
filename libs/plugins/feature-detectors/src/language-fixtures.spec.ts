import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Feature } from '@clarion/model';
import { sharedMaterial, testBudget } from '@clarion/test-kit';
import { giveFile } from '../testing/give-file';
import { featureDetectors } from './index';

/** Metadata files of languages with the packages in them; they are not part of this repository. */
const folder = sharedMaterial('conformance', 'packagedb', 'lang');

interface Language {
  /** The folder of its fixtures; its key unless stated. */
  readonly folder?: string;
  readonly detector: string;
  /** Where the file of a fixture lies in a layer. */
  readonly pathInLayer: (fixture: string) => string;
  /** The only fixtures that this detector reads; all unless stated. */
  readonly reads?: readonly string[];
  /** Fixtures that this detector does not read. */
  readonly notRead?: readonly string[];
  /** Fixtures whose list is that of another reader, with what is installed according to them. */
  readonly other?: Readonly<Record<string, readonly string[]>>;
}

const name = (fixture: string): string => path.posix.basename(fixture).replace(/\.\w+$/, '');

const versionsElsewhere = [
  'version_constant',
  ...['class', 'conditional', 'different_casing', 'dirname', 'expand', 'expand_join', 'freeze', 'join']
    .concat('join_multiline', 'require')
    .map((kind) => `version_constant_${kind}`),
];

const zipped = [
  'monotonic-1.6-py2.py3-none-any.whl',
  'monotonic-1.6-py3.10.egg',
  'monotonic_no_pkginfo-1.6-py3.10.egg',
];

const languages: Readonly<Record<string, Language>> = {
  python: {
    detector: 'python',
    pathInLayer: (fixture) => `lib/python3/site-packages/${fixture.replaceAll('.', '_')}.dist-info/METADATA`,
    // Zip archives, which the next one reads, and a path that is not there.
    notRead: [...zipped, 'does_not_exist.egg'],
  },
  'python-archives': {
    folder: 'python',
    detector: 'python-archives',
    pathInLayer: (fixture) => `lib/python3/site-packages/${fixture}`,
    reads: zipped,
  },
  node: {
    detector: 'node',
    pathInLayer: (fixture) => `app/node_modules/in-${name(path.posix.dirname(fixture))}-${name(fixture)}/package.json`,
    // The list has the dependencies that a package names, too, which say nothing about what is installed.
    other: { 'duplicate-keys.json': ['duplicate-keys 1.0.0'], 'package-with-deps.json': ['package-with-deps 1.2.3'] },
  },
  conda: { detector: 'python', pathInLayer: (fixture) => `opt/conda/conda-meta/${fixture}.json` },
  ruby: {
    detector: 'ruby',
    pathInLayer: (fixture) => `var/lib/gems/specifications/${name(fixture)}.gemspec`,
    // Sources of gems, whose version is in another file: installed specifications have it as text or in their name.
    other: {
      ...Object.fromEntries(versionsElsewhere.map((kind) => [`${kind}/${kind}.gemspec`, []])),
      'version_inline.gemspec': [],
      // RubyGems lists a gem by the comment at the top, whatever follows.
      'invalid.gemspec': ['rss 0.2.9'],
    },
  },
};

const cases = Object.entries(languages).flatMap(([language, { folder: own = language, reads, notRead = [] }]) => {
  if (folder === undefined) return [];
  const expected = JSON.parse(readFileSync(path.join(folder, own, 'scalibr.expected.json'), 'utf8')) as Readonly<
    Record<string, readonly Feature[]>
  >;
  return Object.entries(expected)
    .filter(([fixture]) => (reads?.includes(fixture) ?? true) && !notRead.includes(fixture))
    .map(([fixture, packages]) => [language, fixture, packages] as const);
});

(folder === undefined ? describe.skip : describe)('metadata in shared/conformance/packagedb/lang', () => {
  it('has all fixtures of four languages', () => {
    expect(cases).toHaveLength(53);
  });

  it.each(cases)('%s: lists %s', async (language, fixture, packages) => {
    const { folder: own = language, detector, pathInLayer, other } = languages[language]!;
    const content = readFileSync(path.join(folder!, own, 'scalibr', fixture));
    const read = featureDetectors.find(({ id }) => id === detector)!;
    const file = await giveFile({ path: pathInLayer(fixture), content }, read.files);
    const detected = await read.detect(file === undefined ? [] : [file], testBudget());
    const found = (detected.features ?? []).map((feature) => `${feature.name} ${feature.version}`);
    const expected = packages.map((one) => `${one.name} ${one.version}`);
    expect(found).toEqual(other?.[fixture] ?? expected);
  });
});
