import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

const root = join(__dirname, '..', '..');
const { config } = ts.readConfigFile(join(root, 'tools', 'tsconfig.json'), (file) => ts.sys.readFile(file)) as {
  config: object;
};
const checked = ts.parseJsonConfigFileContent(config, ts.sys, join(root, 'tools'));

describe('the types of scripts', () => {
  it('are checked in each of them', () => {
    const scripts = ['tools', 'examples'].flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
        .filter((name) => /\.[mc]js$/.test(name) && !/(^|\/)(testdata|templates|node_modules)\//.test(name))
        .map((name) => join(root, folder, name)),
    );
    expect(checked.options).toMatchObject({ checkJs: true, strict: true });
    expect([...checked.fileNames].sort()).toEqual(scripts.sort());
  });
});
