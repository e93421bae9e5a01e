import { readFileSync } from 'node:fs';
import path from 'node:path';

const root = path.join(__dirname, '..', '..', '..', '..');
const read = (file: string): string => readFileSync(path.join(root, file), 'utf8');

const blocks = [...read('docs/contributing/apis.md').matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code = '']) =>
  code.trim(),
);

describe('the worked example of docs/contributing/apis.md', () => {
  it('has code for each of its five steps', () => {
    expect(blocks).toHaveLength(5);
  });

  // Prettier formats both in the same way, and that file is compiled and mounted by two-apis.spec.ts.
  it.each(blocks.map((code) => [code.split('\n')[0], code]))(
    'is a part of the API that is mounted here: %s …',
    (_first, code) => {
      expect(read('libs/base/http-engine/testing/adapter-api.ts')).toContain(code);
    },
  );
});
