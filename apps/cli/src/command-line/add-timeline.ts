import type { Command, Option } from 'commander';
import { flag, ofCommand, withValues } from '../settings';
import { examples } from './examples';
import { imageHelp, withImageOptions } from './with-image-options';

/** `--from` of `update` is a mirror: neither may take the value of the other one. */
function ofPeriod(flags: string, description: string, variable: string): Option {
  return ofCommand('timeline', flag(flags, description, variable));
}

/** Adds `timeline`. */
export function addTimeline(program: Command): void {
  withImageOptions(
    program.command('timeline').description('show which findings of an image appeared, changed and went when, and why'),
  )
    .addOption(withValues(flag('--format <name>', 'table or json').default('table'), ['table', 'json']))
    .addOption(ofPeriod('--from <time>', 'RFC 3339 or a date; all that is known unless given', 'CLARION_TIMELINE_FROM'))
    .addOption(ofPeriod('--to <time>', 'RFC 3339 or a date, whose end counts; now unless given', 'CLARION_TIMELINE_TO'))
    .addOption(
      flag(
        '--all',
        'also list findings that did not change, and what first loads changed (table)',
        'CLARION_TIMELINE_ALL',
      ),
    )
    .addOption(flag('--feeds-dir <dir>', 'use what scan --feeds-dir DIR has read'))
    .addHelpText(
      'after',
      `${imageHelp}\nA name that was scanned before means the image that it named at the end of the period.\nIt shows what this machine has seen: scan and update write down what changes. Stored\nadvisory data is used as it is. A JSON Schema is docs/schemas/timeline-v1.json.\nExit code 3: a report of the end of the period would be incomplete.\n`,
    )
    .addHelpText('after', examples('timeline debian:12', 'timeline image.tar --from 2026-01-01 --format json'))
    .action(async (image: string, _options: unknown, command: Command) => {
      const { timeline } = await import('../commands/timeline');
      await timeline(image, command.optsWithGlobals());
    });
}
