import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { ignoreForeignValues } from './foreign-values';
import { applyConfigFile, flag, ofCommand, withValues } from './settings';

const folder = mkdtempSync(join(tmpdir(), 'clarion-foreign-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});
const forget = (): void => {
  delete process.env['CLARION_FORMAT'];
  delete process.env['CLARION_FROM'];
  delete process.env['CLARION_TIMELINE_FROM'];
};
afterEach(forget);

/** What `status` and `update` of this program get as their options. */
async function run(env: Readonly<Record<string, string>>, config: string, ...args: readonly string[]) {
  Object.assign(process.env, env);
  writeFileSync(join(folder, 'clarion.yaml'), config);
  let seen: Record<string, unknown> = {};
  const program = new Command('clarion')
    .addOption(flag('--config <file>', 'x'))
    .hook('preAction', async (root, action) => {
      await applyConfigFile(root, action);
      ignoreForeignValues(root, action);
    });
  const action = (_options: unknown, command: Command) => {
    seen = command.opts();
  };
  const format = (...values: readonly string[]) => withValues(flag('--format <name>', 'x').default('table'), values);
  program.command('scan').addOption(format('table', 'harbor')).action(action);
  program.command('update').addOption(flag('--from <dir>', 'x')).action(action);
  program
    .command('timeline')
    .addOption(format('table', 'json'))
    .addOption(ofCommand('timeline', flag('--from <time>', 'x', 'CLARION_TIMELINE_FROM')))
    .action(action);
  await program.parseAsync([...args, '--config', join(folder, 'clarion.yaml')], { from: 'user' });
  return seen;
}

it.each([
  ['of the environment', { CLARION_FORMAT: 'harbor' }, ''],
  ['of the file', {}, 'format: harbor'],
])('a value %s that only another command knows is not for this one', async (_, env, config) => {
  expect(await run(env, config, 'timeline')).toEqual({ format: 'table' });
  expect(await run(env, config, 'scan')).toEqual({ format: 'harbor' });
});

it('a value that no command knows, and one of the command line, stay as they are: they are errors', async () => {
  expect(await run({ CLARION_FORMAT: 'tabel' }, '', 'timeline')).toEqual({ format: 'tabel' });
  expect(await run({}, '', 'timeline', '--format', 'harbor')).toEqual({ format: 'harbor' });
});

it('options of one name that mean something else have variables and keys of their own', async () => {
  const env = { CLARION_FROM: '/mirror', CLARION_TIMELINE_FROM: '2026-01-01' };
  expect(await run(env, '', 'update')).toEqual({ from: '/mirror' });
  expect(await run(env, '', 'timeline')).toEqual({ format: 'table', from: '2026-01-01' });
  forget();
  const config = 'from: /mirror\ntimelineFrom: "2026-01-01"';
  expect(await run({}, config, 'update')).toEqual({ from: '/mirror' });
  expect(await run({}, config, 'timeline')).toEqual({ format: 'table', from: '2026-01-01' });
  expect(await run({}, 'from: /mirror', 'timeline')).toEqual({ format: 'table' });
});
