import { Argument, type Command } from 'commander';
import { flag, withValues } from '../settings';
import { examples } from './examples';
import { imageHelp, withImageOptions } from './with-image-options';

const severities = ['Critical', 'High', 'Medium', 'Low', 'Negligible', 'Unknown'];

/** Adds `diff`. */
export function addDiff(program: Command): void {
  withImageOptions(
    program.command('diff').description('compare the findings of two images, or of one image at two times'),
  )
    .addArgument(new Argument('<other>', 'what to compare it with'))
    .addOption(withValues(flag('--format <name>', 'table or json').default('table'), ['table', 'json']))
    .addOption(flag('--unchanged', 'also list findings that both have'))
    .addOption(
      withValues(flag('--fail-on <severity>', 'exit with 2 when an added finding is this severe or more'), severities),
    )
    .addOption(flag('--feeds-dir <dir>', 'use what scan --feeds-dir DIR has read'))
    .addHelpText('after', `${imageHelp}${timeHelp}`)
    .addHelpText(
      'after',
      examples('diff app:1 app:2', 'diff app.tar@2026-01-01 app.tar', 'diff old.tar new.tar --fail-on High'),
    )
    .action(async (...[image, other, , command]: [string, string, unknown, Command]) => {
      const { diff } = await import('../commands/diff');
      await diff([image, other], command.optsWithGlobals());
    });
}

const timeHelp = `
IMAGE@TIME compares with what was known at that time (RFC 3339, or a date, whose end counts), as
far as this machine has seen it. A finding that only one has is there because of its package, or
because of data about an equal one; its layer is of the base, up to the distribution, or of the
application. Stored advisory data is used as it is. A JSON Schema is
docs/schemas/comparison-v1.json.

Exit codes: 0 compared, 1 error, 2 --fail-on, 3 one of them could not be read completely, 4
advisory data missing.
`;
