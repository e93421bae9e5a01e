import { Argument, type Command } from 'commander';
import { flag, withValues } from '../settings';
import { examples } from './examples';
import { withGateOptions } from './with-gate-options';
import { imageHelp, withImageOptions } from './with-image-options';

/** Adds `diff`. */
export function addDiff(program: Command): void {
  const command = withImageOptions(
    program.command('diff').description('compare the findings of two images, or of one image at two times'),
  )
    .addArgument(new Argument('<other>', 'what to compare it with'))
    .addOption(withValues(flag('--format <name>', 'table or json').default('table'), ['table', 'json']))
    .addOption(flag('--unchanged', 'also list findings that are the same in both'))
    .addOption(flag('--ignore-unfixed', 'let findings without a fix pass --fail-on'));
  withGateOptions(command, {
    failOn: 'exit with 2 when a finding that was added or became worse is this severe or more',
  })
    .addOption(flag('--feeds-dir <dir>', 'use what scan --feeds-dir DIR has read'))
    .addHelpText('after', `${imageHelp}${timeHelp}`)
    .addHelpText(
      'after',
      examples(
        'diff app:1 app:2',
        'diff app.tar@2026-01-01 app.tar',
        'diff old.tar new.tar --fail-on High --quiet',
        'diff old.tar new.tar --format json --output comparison.json',
      ),
    )
    .action(async (...[image, other, , run]: [string, string, unknown, Command]) => {
      const { diff } = await import('../commands/diff');
      await diff([image, other], run.optsWithGlobals());
    });
}

const timeHelp = `
IMAGE@TIME compares with what was known at that time (RFC 3339, or a date, whose end counts), as
far as this machine has seen it. Stored advisory data is used as it is.

A finding is added, changed, gone, or unchanged: the same package and flaw, with the same severity,
state, fix and exploitation. It is not the same because of its package (another version), because
of data about an equal one, or because the same image was read with other detectors; its layer is
of the base, up to the distribution, or of the application. JSON (docs/schemas/comparison-v1.json)
has all of them and is that of GET /compare.

--fail-on counts findings that were added, and changed ones that are more severe, newly exploited
or newly count; the other options of it as in scan.

Exit codes: 0 compared, 1 error, 2 --fail-on, 3 one of them is incomplete (as in scan), 4 advisory
data missing or stale, or findings that --fail-on cannot judge. --allow-incomplete accepts 3,
--allow-unrated the last of these.
`;
