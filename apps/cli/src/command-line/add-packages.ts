import type { Command } from 'commander';
import { allowUnread } from './allow-unread-option';
import { examples } from './examples';
import { formatOption } from './format-option';
import { imageHelp, withImageOptions } from './with-image-options';

/** Adds `packages`. */
export function addPackages(program: Command): void {
  withImageOptions(program.command('packages').description('list what is inside an image, without matching'))
    .addOption(formatOption('inventory'))
    .addOption(allowUnread())
    .addHelpText('after', imageHelp)
    .addHelpText(
      'after',
      examples('packages debian:12', 'packages image.tar --format cyclonedx --output sbom.cdx.json'),
    )
    .action(async (image: string, _options: unknown, command: Command) => {
      const { packages } = await import('../commands/packages');
      await packages(image, command.optsWithGlobals());
    });
}
