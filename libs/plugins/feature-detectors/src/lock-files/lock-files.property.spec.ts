import { createWorkBudget, workLimits } from '@clarion/model';
import fc from 'fast-check';
import { lockFiles } from '.';
import { lockFormats } from './lock-formats';

// Anyone writes lock files: whatever is in one, the detector returns packages with a name and a version, or problems,
// in time that its length bounds, and never throws.

const words = [
  ...['packages', 'package', 'dependencies', 'default', 'object', 'pins', 'requires', 'graph_lock', 'nodes', 'ref'],
  ...['name', 'version', 'resolved', 'resolution', 'state', 'location', 'source', 'groups', 'dev', 'type', 'link'],
  ...['node_modules/a', 'net8.0', 'a/1.0#1', '1.0', '__proto__', 'constructor', 'lockfileVersion', 'dist', 'identity'],
];
const tokens = [
  ...[
    'packages:',
    'snapshots:',
    'importers:',
    'lockfileVersion: 9',
    '  a@1.0.0:',
    '    dev: true',
    "'",
    '"',
    '? ',
    ': ',
  ],
  ...[
    '[[package]]',
    'name = "a"',
    'version = "1.0"',
    'source = { registry = "x" }',
    '{',
    '}',
    '[',
    ']',
    ',',
    '=',
    '*a',
    '&a',
  ],
  ...[
    'GEM',
    '  specs:',
    '    a (1.0-x)',
    'module x',
    'go 1.16',
    'require (',
    ')',
    'replace a =>',
    'a v1.0.0 h1:x',
    'h1:',
  ],
  ...[
    'a==1.0',
    '-r',
    '#',
    '\\',
    'g:a:1.0=test',
    '%{',
    '"a": {:hex, :a, "1.0"',
    '<project>',
    '<dependencies>',
    '<dependency>',
  ],
  ...[
    '<version>${a}</version>',
    '<properties>',
    '</properties>',
    '${',
    '&amp;',
    '<![CDATA[',
    '\n',
    '\n',
    '\n',
    '\r\n',
    '\0',
    ' ',
    '  ',
  ],
];

const json = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.oneof(fc.constantFrom(...words), fc.string(), fc.constantFrom(null, true, 1, -0.5)),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.oneof(fc.constantFrom(...words), fc.string()), tie('value'), { maxKeys: 5 }),
  ),
})).value;
const text = fc.array(fc.oneof(fc.constantFrom(...tokens), fc.string()), { maxLength: 40 });
const content = fc.oneof(
  json.map((value) => Buffer.from(JSON.stringify(value))),
  text.map((parts) => Buffer.from(parts.join(''))),
  text.map((parts) => Buffer.from(parts.join('\n'))),
  fc.uint8Array({ maxLength: 300 }),
);

describe.each(lockFormats.flatMap(({ names }) => names))('%s', (name) => {
  test('of any content gives packages with a name and a version, or problems', async () => {
    await fc.assert(
      fc.asyncProperty(content, content, async (bytes, beside) => {
        const path = `app/${name}`;
        const budget = createWorkBudget(name, workLimits.detector);
        const files = [
          { path, content: bytes },
          ...(name === 'go.mod' ? [] : [{ path: 'app/go.mod', content: beside }]),
        ];
        const { features = [], problems = [] } = await lockFiles.detect(files, budget);
        expect(budget.problem()).toBeUndefined();
        const facts = [...features, ...problems].map((fact) => fact.path ?? '');
        expect(facts.filter((found) => !files.some((file) => file.path === found))).toEqual([]);
        for (const found of features) {
          expect([typeof found.name, typeof found.version]).toEqual(['string', 'string']);
          expect(found.name === '' || found.version === '').toBe(false);
        }
        expect(Object.prototype).not.toHaveProperty('version');
      }),
      { numRuns: 150 },
    );
  });

  test.each<[what: string, part: string]>([
    ['quotes', '"'],
    ['brackets', '{['],
    ['commas', ',}'],
    ['references', '${a}'],
    ['descriptors', 'a@^1, '],
    ['blanks', ' '],
    ['lines', 'a==1.0 \\\n'],
    ['keys', '? a\n: b:\n'],
    ['tables', '[[package]]\nname="a"\nversion="1"\ndependencies=[{name="a"}]\n'],
    ['elements', '<project><dependencies>'],
  ])('of twice as many %s takes at most twice the steps', async (_, part) => {
    const steps = async (count: number): Promise<number> => {
      const budget = createWorkBudget(name, workLimits.detector);
      await lockFiles.detect([{ path: `app/${name}`, content: Buffer.from(part.repeat(count)) }], budget);
      return budget.stepsSpent();
    };
    expect(await steps(4000)).toBeLessThanOrEqual(2 * (await steps(2000)));
  });
});
