import { buildElf, testBudget } from '@clarion/test-kit';
import { giveFile } from '../../testing/give-file';
import { rustPaths } from '.';

const path = 'opt/shop';
const order = { bits: 64, bigEndian: false } as const;
const index = '/root/.cargo/registry/src/index.crates.io-1949cf8c6b5b557f';

async function detect(texts: string, more: readonly { name: string; content: string }[] = []): Promise<unknown> {
  const content = buildElf(order, [{ name: '.rodata', content: texts }, ...more]);
  const file = await giveFile({ path, content }, rustPaths.files);
  if (file === undefined) return 'not given';
  const { features = [], problems = [] } = await rustPaths.detect([file], testBudget());
  expect(problems).toEqual([]);
  return features.map((one) => `${one.type} ${one.name} ${one.version} ${one.confidence ?? 'exact'} ${one.path}`);
}

test.each<[what: string, texts: string, found: readonly string[] | string]>([
  [
    'crates, each once',
    `${index}/idna-0.2.0/src/uts46.rs${index}/idna-0.2.0/src/punycode.rs\0${index}/bytes-1.0.0/src/lib.rs`,
    ['idna 0.2.0', 'bytes 1.0.0'],
  ],
  [
    'names with numbers',
    `${index}/md-5-0.10.6/src/lib.rs${index}/sha-1-0.10.0-rc.1/a.rs`,
    ['md-5 0.10.6', 'sha-1 0.10.0-rc.1'],
  ],
  ['metadata of builds', `${index}/openssl-src-111.25.0+1.1.1t/src/lib.rs`, ['openssl-src 111.25.0+1.1.1t']],
  [
    'an older index',
    '/usr/local/cargo/registry/src/github.com-1ecc6299db9ec823/rand_core-0.5.1/src/lib.rs',
    ['rand_core 0.5.1'],
  ],
  [
    'paths of Windows',
    'C:\\u\\.cargo\\registry\\src\\index.crates.io-1949cf8c6b5b557f\\libc-0.2.1\\src\\lib.rs',
    ['libc 0.2.1'],
  ],
  ['no directory without a version', `${index}/idna/src/uts46.rs`, []],
  ['no path that ends early', `${index}/idna-0.2.0`, []],
  ['a program of another language', 'nothing', 'not given'],
])('rust-paths infers %s', async (_, texts, found) => {
  const expected = typeof found === 'string' ? found : found.map((one) => `cargo ${one} inferred ${path}`);
  expect(await detect(texts)).toEqual(expected);
});

test('rust-paths leaves out what a list of crates names, and other sections', async () => {
  const text = `${index}/idna-0.2.0/src/uts46.rs`;
  expect(await detect(text, [{ name: '.dep-v0', content: 'x' }])).toBe('not given');
  expect(await detect('', [{ name: '.text', content: text }])).toBe('not given');
});

test('rust-paths spends steps on each path, and keeps at most as many crates as a layer may have', async () => {
  const texts = Array.from({ length: 200 }, (_, at) => `${index}/a-0.0.${at}/src/lib.rs`).join('\0');
  const content = buildElf(order, [{ name: '.rodata', content: texts }]);
  const file = await giveFile({ path, content }, rustPaths.files);
  const budget = testBudget();
  const { features = [] } = await rustPaths.detect([file!], budget);
  expect([features.length, budget.stepsSpent() >= 200]).toEqual([200, true]);
});
