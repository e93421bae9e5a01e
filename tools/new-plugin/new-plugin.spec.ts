import { join } from 'node:path';
import { type ScratchCopy, scratchCopy } from './scratch-copy';

const root = join(__dirname, '..', '..');

/** The scaffolded plugins and their libraries; a scaffolded plugin must pass its library's contract unchanged. */
const kinds = [
  ['detector', 'plugins/feature-detectors'],
  ['namespace-detector', 'plugins/namespace-detectors'],
  ['feed', 'plugins/feed-sources'],
  ['version-scheme', 'base/version-schemes'],
  ['report-format', 'plugins/report-formats'],
] as const;

interface JestResult {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly testResults: readonly { readonly name: string; readonly status: string; readonly message: string }[];
}

describe('tools/new-plugin', () => {
  let copy: ScratchCopy;

  beforeAll(() => {
    copy = scratchCopy();
    for (const [kind] of kinds) copy.newPlugin(kind, `sample-${kind}`);
  }, 300_000);

  afterAll(() => {
    copy.remove();
  });

  it('creates one of each that passes its own spec and its library’s contract', () => {
    const patterns = kinds.flatMap(([kind, library]) => [
      `libs/${library}/src/sample-${kind}/`,
      `libs/${library}/src/[a-z-]*(contract|detectors|formats)\\.spec`,
    ]);
    const jest = copy.run(
      join(root, 'node_modules/jest/bin/jest.js'),
      '--config',
      'jest.config.cjs',
      '--json',
      ...patterns,
    );
    const result = JSON.parse(jest.stdout) as JestResult;
    const failed = result.testResults
      .filter(({ status }) => status === 'failed')
      .map(({ name, message }) => `${name}\n${message}`);
    expect(failed).toEqual([]);
    expect(result.testResults.filter(({ name }) => name.includes('/sample-')).length).toBe(5);
    expect(result.numPassedTests).toBeGreaterThan(50);
  }, 300_000);

  it('creates code that type-checks', () => {
    const checked = copy.run(join(root, 'node_modules/typescript/bin/tsc'), '--noEmit', '-p', 'tsconfig.json');
    expect(checked.stdout.split('\n').filter((line) => line.includes('sample-'))).toEqual([]);
  }, 300_000);

  it.each([
    [['detector'], /usage/],
    [['engine', 'x'], /usage/],
    [['detector', 'Bad_Id'], /no id/],
    [['detector', 'dpkg'], /there already/],
    [['distribution', 'debian'], /there already/],
  ])('rejects %j', (args, message) => {
    const refused = copy.run(join(root, 'tools/new-plugin/main.mjs'), ...args);
    expect([refused.status, refused.stderr]).toEqual([1, expect.stringMatching(message)]);
  });
});
