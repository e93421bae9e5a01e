import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(__dirname, '..', '..');
const built = join(root, 'dist', 'apps', 'cli');

/** Reports on stderr whether V8 accepted the compiled code. */
const probe = `
const vm = require('vm');
vm.Script = class extends vm.Script {
  constructor(...given) {
    super(...given);
    process.stderr.write('rejected: ' + this.cachedDataRejected + '\\n');
  }
};`;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'clarion-bundle-'));
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  cpSync(join(built, 'main.js'), join(folder, 'main.js'));
  writeFileSync(join(folder, 'probe.js'), probe);
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

function run(...args: readonly string[]): { readonly stdout: string; readonly stderr: string } {
  const preloaded = ['--require', join(folder, 'probe.js')];
  return spawnSync(process.execPath, [...preloaded, join(folder, 'main.js'), ...args], { encoding: 'utf8' });
}

function compiledName(): string {
  const name = readdirSync(built).find((file) => file.endsWith(`.${process.version}.compiled`));
  if (name === undefined) throw new Error('the build has compiled nothing ahead');
  return name;
}

describe('the bundle of the command line', () => {
  const answer = { stdout: '<\n' };
  const question = ['version', 'compare', 'dpkg', '1.0~rc1', '1.0'];

  it('runs as one file', () => {
    expect(run(...question)).toMatchObject({ ...answer, stderr: 'rejected: undefined\n' });
  });

  it('uses the code that V8 compiled at the build', () => {
    cpSync(join(built, compiledName()), join(folder, compiledName()));
    expect(run(...question)).toMatchObject({ ...answer, stderr: 'rejected: false\n' });
  });

  it.each([
    ['of another version of V8', Buffer.alloc(4096, 7)],
    ['cut off', Buffer.alloc(3)],
    ['empty', Buffer.alloc(0)],
  ])('runs without compiled code that is %s', (_, content) => {
    writeFileSync(join(folder, compiledName()), content);
    expect(run(...question)).toMatchObject({ ...answer, stderr: 'rejected: true\n' });
  });

  it('names lines of the file in stack traces', () => {
    const thrown = `process.stdout.write = () => { throw new Error('from line ' + new Error().stack); };`;
    writeFileSync(join(folder, 'probe.js'), thrown);
    const { stderr } = run(...question);
    const line = Number(/main\.js:(\d+):\d+/.exec(stderr)?.[1]);
    expect(line).toBeGreaterThan(2);
  });
});
