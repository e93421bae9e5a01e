import { memorySource } from '@clarion/layer-archive';
import { partsOf } from '@clarion/model';
import { buildElf } from '@clarion/test-kit';
import { goFunctionTable } from '../../testing/build-go-functions';
import { inlineGoInfo } from '../../testing/build-go-info';
import { takeExcerpt } from './take-excerpt';

const wide = { bits: 64, bigEndian: false } as const;
const names = ['runtime.main', 'main.main'];
const info = inlineGoInfo({ version: 'go1.22.1', modules: 'path\texample.com/shop\nmod\texample.com/shop\tv1.0.0\n' });

function program(table: string): Buffer {
  return buildElf(wide, [
    { name: '.go.buildinfo', content: info },
    { name: '.gopclntab', content: table },
    { name: '.symtab', content: 'x'.repeat(24) },
    { name: '.strtab', content: '\0go:func.*\0' },
  ]);
}

async function taken(file: Buffer, { functions = true, maxBytes = 10_000 } = {}): Promise<readonly unknown[]> {
  const excerpt = { kind: 'go-build-info' as const, ...(functions && { functions: true as const }) };
  const result = await takeExcerpt(memorySource(file), excerpt, { path: 'opt/shop', maxBytes });
  if (result === undefined) return [];
  const parts = [...partsOf({ path: 'opt/shop', ...result })];
  const text = parts.find(({ name }) => name === 'functions')?.content;
  const problems = result.problems.map(({ code, message }) => `${code}: ${message}`);
  return [parts.length, text && Buffer.from(text).toString(), problems];
}

const whole = program(goFunctionTable({ names, ...wide }));
const notRead = 'opt/shop!/functions was not read';

describe('functions in the build information of a program', () => {
  test.each<[what: string, file: Buffer, options: Parameters<typeof taken>[1], expected: readonly unknown[]]>([
    ['requested', whole, {}, [3, 'runtime\tmain\nmain\tmain\n', []]],
    ['not requested', whole, { functions: false }, [2, undefined, []]],
    ['of an unknown table', program('x'.repeat(200)), {}, [2, undefined, []]],
    [
      'of a damaged table',
      program(goFunctionTable({ names, ...wide, end: 10 })),
      {},
      [2, undefined, [`bad-archive-entry: ${notRead}: its table of functions is damaged`]],
    ],
    [
      'beyond the limit of the excerpt',
      whole,
      { maxBytes: 70 },
      [2, undefined, [`limit-reached: ${notRead}: the parts of the file are larger than 70 bytes together`]],
    ],
  ])('%s', async (_, file, options, expected) => {
    expect(await taken(file, options)).toEqual(expected);
  });
});
