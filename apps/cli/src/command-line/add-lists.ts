import type { Command } from 'commander';
import { flag, withValues } from '../settings';
import { withDetectorOptions } from './with-detector-options';

/** Adds `detectors` and `feeds`. */
export function addLists(program: Command): void {
  withDetectorOptions(program.command('detectors').description('list the detectors with their versions'))
    .addOption(withValues(flag('--format <name>', 'table or json').default('table'), ['table', 'json']))
    .action(async (_options: unknown, command: Command) => {
      const { detectors } = await import('../commands/lists');
      await detectors(command.optsWithGlobals());
    });
  program
    .command('feeds')
    .description('list the feeds of this build, and how their updates go')
    .addOption(flag('--layout', 'print the layout of a feed directory (--feeds-dir)'))
    .addOption(withValues(flag('--format <name>', 'table or json').default('table'), ['table', 'json']))
    .action(async (_options: unknown, command: Command) => {
      const { feeds } = await import('../commands/lists');
      await feeds(command.optsWithGlobals());
    });
}
