import { Argument, type Command } from 'commander';
import { flag } from '../settings';
import { examples } from './examples';

/** Adds `update`. */
export function addUpdate(program: Command): void {
  program
    .command('update')
    .description('fetch advisory feeds (scan does so by itself when they are old)')
    .addArgument(new Argument('[feed...]', 'feed ids; all when none is named'))
    .addOption(flag('--from <dir-or-url>', 'a mirror laid out like the upstreams, one folder a feed'))
    .addOption(flag('--feeds-dir <dir>', 'read what scan --feeds-dir DIR would read'))
    .addOption(flag('--force', 'apply an update that shrinks a feed suspiciously'))
    .addOption(flag('--list', 'list the feeds and end'))
    .addHelpText('after', examples('update', 'update debian-security-tracker', 'update --from /media/feeds'))
    .action(async (feeds: string[], _options: unknown, command: Command) => {
      const { update } = await import('../commands/update');
      await update(feeds, command.optsWithGlobals());
    });
}
