import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ScratchCopy, scratchCopy } from './scratch-copy';

const kinds = ['detector', 'namespace-detector', 'feed', 'version-scheme', 'report-format', 'distribution'];

describe('types of what tools/new-plugin creates', () => {
  let copy: ScratchCopy;

  beforeAll(() => {
    copy = scratchCopy();
    for (const kind of kinds) copy.newPlugin(kind, `sample-${kind}`);
  }, 300_000);

  afterAll(() => {
    copy.remove();
  });

  it('are right', () => {
    const include = [
      'libs/*/*/src/**/*.d.ts',
      'libs/*/*/src/sample-*/**/*.ts',
      'libs/*/*/src/rows/*.ts',
      'libs/plugins/*/src/index.ts',
    ];
    writeFileSync(join(copy.path, 'tsconfig.samples.json'), JSON.stringify({ extends: './tsconfig.json', include }));
    const tsc = join(copy.path, 'node_modules/typescript/bin/tsc');
    const lines = copy.run(tsc, '--noEmit', '--listFiles', '-p', 'tsconfig.samples.json').stdout.trim().split('\n');
    expect(lines.filter((line) => !line.startsWith('/'))).toEqual([]);
    for (const kind of kinds) expect(lines).toContainEqual(expect.stringContaining(`sample-${kind}`));
  }, 300_000);
});
