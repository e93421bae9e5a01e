import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { sharedMaterial, testBudget } from '@clarion/test-kit';
import { giveFile } from '../testing/give-file';
import { featureDetectors } from './index';

/** Programs of Go and Rust with the packages in them; they are not part of this repository. */
const folder = sharedMaterial('conformance', 'packagedb', 'lang');

interface ExpectedPackage {
  readonly name: string;
  readonly version?: string;
}

function readJson(file: string): unknown {
  return JSON.parse(readFileSync(path.join(folder ?? '', file), 'utf8'));
}

function readProgram(file: string): Buffer {
  const whole = path.join(folder ?? '', file);
  if (existsSync(whole)) return readFileSync(whole);
  return execFileSync('xz', ['-dc', `${whole}.xz`], { maxBuffer: 64 * 1024 * 1024 });
}

/** The packages of a program; undefined if the detector is not given it. */
async function packagesOf(id: string, file: string): Promise<readonly string[] | undefined> {
  const detector = featureDetectors.find((one) => one.id === id)!;
  const given = await giveFile({ path: file, content: readProgram(file) }, detector.files);
  if (given === undefined) return undefined;
  const { features, problems } = await detector.detect([given], testBudget());
  expect(problems).toEqual([]);
  return features?.map(({ name, version }) => shown({ name, version })).sort();
}

/** The lists write the standard library's version with `v`, and an unknown version not at all. */
function shown({ name, version = '(devel)' }: ExpectedPackage): string {
  return `${name} ${name === 'stdlib' ? version.replace(/^v/, '') : version}`;
}

(folder === undefined ? describe.skip : describe)('programs in shared/conformance/packagedb/lang', () => {
  it.each([
    ['go-binary', 'go/test.elf'],
    ['go-binary', 'go/main-version-via-ldflags.elf'],
    ['rust-binary', 'rust/test.elf'],
  ])('%s: lists what is in %s', async (id, file) => {
    const expected = readJson(`${file}.expected.json`) as readonly ExpectedPackage[];
    expect(await packagesOf(id, file)).toEqual(expected.map(shown).sort());
  });

  it('rust-binary: lists what is in programs of other readers', async () => {
    const lists = Object.entries(readJson('rust/scalibr.expected.json') as Record<string, readonly ExpectedPackage[]>);
    for (const [file, expected] of lists) {
      expect([file, (await packagesOf('rust-binary', `rust/scalibr/${file}`)) ?? []]).toEqual([
        file,
        expected.map(shown).sort(),
      ]);
    }
    expect(lists).toHaveLength(3);
  });
});
