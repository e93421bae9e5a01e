import { Command } from 'commander';
import { refuseUnclear } from '../settings';
import { withImageOptions } from './with-image-options';

afterEach(() => {
  delete process.env['CLARION_LOCK_FILES'];
  delete process.env['CLARION_NO_LOCK_FILES'];
});

function lockFiles(variables: Readonly<Record<string, string>>, args: readonly string[]): unknown {
  Object.assign(process.env, variables);
  const command = withImageOptions(new Command('scan')).action(() => undefined);
  command.parse(['image.tar', ...args], { from: 'user' });
  refuseUnclear(command);
  return command.opts()['lockFiles'];
}

test.each<[variables: Readonly<Record<string, string>>, args: readonly string[], value: boolean | undefined]>([
  [{}, [], undefined],
  [{}, ['--lock-files'], true],
  [{}, ['--no-lock-files'], false],
  [{ CLARION_LOCK_FILES: 'yes' }, [], true],
  [{ CLARION_LOCK_FILES: 'no' }, [], false],
  [{ CLARION_LOCK_FILES: 'no' }, ['--lock-files'], true],
  [{ CLARION_LOCK_FILES: '' }, [], undefined],
  [{ CLARION_LOCK_FILES: 'yes' }, ['--no-lock-files'], false],
  [{ CLARION_NO_LOCK_FILES: 'yes' }, [], false],
])('with %j, the options %j read lock files: %j', (variables, args, value) => {
  expect(lockFiles(variables, args)).toBe(value);
});

test('an unclear variable is rejected', () => {
  expect(() => lockFiles({ CLARION_LOCK_FILES: 'maybe' }, [])).toThrow('CLARION_LOCK_FILES must be true or false');
});
