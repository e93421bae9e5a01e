import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const check = join(__dirname, 'words.mjs');

interface Case {
  readonly title: string;
  /** Of the file in which the text stands. */
  readonly name: string;
  readonly text: string;
  /** Line and word. */
  readonly found: readonly string[];
}

const cases: readonly Case[] = [
  {
    title: 'prose of a document',
    name: 'a.md',
    text: 'Fine.\n\nNobody is told anew.\n',
    found: ['3 told', '3 anew'],
  },
  { title: 'no code of a document', name: 'a.md', text: 'Use `anew`.\n\n```sh\nanew\n```\n', found: [] },
  { title: 'no addresses', name: 'a.md', text: '[news](docs/news.md) https://news.example/\n', found: ['1 news'] },
  {
    title: 'a VEX statement is one',
    name: 'a.md',
    text: 'A VEX statement and a statement.\n',
    found: ['1 statement'],
  },
  {
    title: '"there is none" is English',
    name: 'a.md',
    text: 'Where there is none, it is none.\n',
    found: ['1 is none'],
  },
  {
    title: 'messages of programs',
    name: 'a.ts',
    text: "throw new Error('It is looked for');\n",
    found: ['1 It is looked'],
  },
  { title: 'parts of templates', name: 'a.mjs', text: 'log(`a ${b} anew`);\n', found: ['1 anew'] },
  {
    title: 'names of programs, whatever their spelling',
    name: 'a.ts',
    text: "const toldIds = 'told';\nx.UNTOLD_ids = new NewsReader();\nclass A {\n  #news;\n}\n",
    found: ['1 toldIds', '2 UNTOLD_ids', '2 NewsReader', '4 #news'],
  },
  {
    title: 'no words that only contain one',
    name: 'a.ts',
    text: 'newsletter(stakeholder, interface1, surfaceOf, Newspaper);\n',
    found: [],
  },
  {
    title: 'types that end with a vague word, not other names',
    name: 'a.ts',
    text: 'type LinkPlace = Place | Placement;\nconst place = 1;\nexport type ReadOutcome = string;\n',
    found: ['1 LinkPlace', '1 Place', '3 ReadOutcome'],
  },
  { title: 'names of files', name: 'wanted-news.ts', text: 'export {};\n', found: ['1 wanted-news.ts'] },
  {
    title: 'comments',
    name: 'a.ts',
    text: "// anew\n/** Told. */\nconst a = 'b'; // news\n",
    found: ['1 anew', '2 Told', '3 news'],
  },
  { title: 'no code in comments', name: 'a.ts', text: '// `told`: https://news.example/\n', found: [] },
  { title: 'statements of programs', name: 'a.ts', text: '// A statement of SQL.\n', found: [] },
  {
    title: 'titles and comments of specs',
    name: 'a.spec.ts',
    text: "it('tells all of a statement', run); // anew\n",
    found: ['1 tells', '1 anew'],
  },
];

/** The words of all cases, found by one process: it loads TypeScript once. */
function wordsOfCases(): readonly (readonly string[])[] {
  const directory = mkdtempSync(join(tmpdir(), 'clarion-words-'));
  try {
    const files = cases.map(({ name, text }, index) => {
      mkdirSync(join(directory, String(index)));
      writeFileSync(join(directory, String(index), name), text);
      return `${index}/${name}`;
    });
    const program = `import(${JSON.stringify(check)}).then(({ checkWords }) =>
      console.log(JSON.stringify(${JSON.stringify(files)}.map((file) => checkWords(${JSON.stringify(directory)}, [file])))))`;
    const { stdout, stderr } = spawnSync(process.execPath, ['-e', program], { encoding: 'utf8' });
    if (stdout === '') throw new Error(stderr);
    return (JSON.parse(stdout) as readonly (readonly string[])[]).map((lines) =>
      lines.map((line) => /^[^:]+:(\d+): "(.*)":/.exec(line)!.slice(1).join(' ')),
    );
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

describe('the check for words', () => {
  let found: ReturnType<typeof wordsOfCases>;
  beforeAll(() => {
    found = wordsOfCases();
  });

  it.each(cases.map((one, index) => ({ ...one, index })))('finds $title', ({ index, found: expected }) => {
    expect(found[index]).toEqual(expected);
  });
});
