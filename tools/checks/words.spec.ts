import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const check = join(__dirname, 'words.mjs');

/** Words that the check finds in one file, by line. */
function wordsOf(name: string, text: string): readonly string[] {
  const directory = mkdtempSync(join(tmpdir(), 'clarion-words-'));
  try {
    const file = join(directory, name);
    writeFileSync(file, text);
    const program = `import(${JSON.stringify(check)}).then(({ checkWords }) =>
      console.log(JSON.stringify(checkWords(${JSON.stringify(directory)}, [${JSON.stringify(name)}]))))`;
    const { stdout, stderr } = spawnSync(process.execPath, ['-e', program], { encoding: 'utf8' });
    if (stdout === '') throw new Error(stderr);
    return (JSON.parse(stdout) as readonly string[]).map((line) =>
      /^[^:]+:(\d+): "(.*)":/.exec(line)!.slice(1).join(' '),
    );
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

describe('words to avoid', () => {
  it.each([
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
    { title: 'no keys and names', name: 'a.ts', text: "const told = 'told';\n", found: [] },
    {
      title: 'comments',
      name: 'a.ts',
      text: "// anew\n/** Told. */\nconst a = 'b'; // news\n",
      found: ['1 anew', '2 Told', '3 news'],
    },
    { title: 'no code in comments', name: 'a.ts', text: '// `told`: https://news.example/\n', found: [] },
    { title: 'statements of programs', name: 'a.ts', text: '// A statement of SQL.\n', found: [] },
    {
      title: 'comments of specs, not their texts',
      name: 'a.spec.ts',
      text: "it('tells all', run); // anew\n",
      found: ['1 anew'],
    },
  ])('finds $title', ({ name, text, found }) => {
    expect(wordsOf(name, text)).toEqual(found);
  });
});
