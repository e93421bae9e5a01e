import type { Command } from 'commander';
import { flag, withValues } from '../settings';
import { examples } from './examples';
import { imageHelp, withImageOptions } from './with-image-options';

/** Adds `explain`. */
export function addExplain(program: Command): void {
  withImageOptions(
    program
      .command('explain')
      .description('explain why each package of an image is, or is not, affected by a vulnerability'),
  )
    .argument('<id>', 'any id of the vulnerability: CVE-2023-5678, GHSA-…')
    .addOption(withValues(flag('--format <name>', 'table or json').default('table'), ['table', 'json']))
    .addOption(flag('--feeds-dir <dir>', 'use what scan --feeds-dir DIR has read'))
    .addHelpText(
      'after',
      `${imageHelp}\nStored advisory data is used as it is: scan and update bring it up to date. Exit\ncode 3: some of the image could not be looked at, as a scan says of it.\n`,
    )
    .addHelpText('after', examples('explain debian:12 CVE-2023-5678', 'explain image.tar CVE-2024-6387 --format json'))
    .action(async (...[image, vulnerability, , command]: [string, string, unknown, Command]) => {
      const { explain } = await import('../commands/explain');
      await explain(image, vulnerability, command.optsWithGlobals());
    });
}
