import type { Command } from 'commander';
import { flag, parseMinutes, withValues } from '../settings';
import { allowUnread } from './allow-unread-option';

export const severityChoices = ['Critical', 'High', 'Medium', 'Low', 'Negligible', 'Unknown'];

/** Adds the options that decide whether a command fails because of what it found, or could not find out. */
export function withGateOptions(command: Command, { failOn }: { readonly failOn: string }): Command {
  return command
    .addOption(withValues(flag('--fail-on <severity>', failOn), severityChoices))
    .addOption(
      flag(
        '--fail-on-other-architectures',
        'let --fail-on count findings whose advisories name other architectures only',
      ),
    )
    .addOption(
      flag(
        '--fail-on-under-investigation',
        'let --fail-on count findings of which it is not known yet whether the package is affected',
      ),
    )
    .addOption(
      flag(
        '--fail-on-informational',
        'let --fail-on count notices too, of any severity: packages that are unmaintained or unsound',
      ),
    )
    .addOption(flag('--allow-incomplete', 'do not exit with 3 when something could not be read or is not covered'))
    .addOption(allowUnread())
    .addOption(flag('--allow-unrated', 'let findings without a rating pass --fail-on'))
    .addOption(
      flag('--allow-inferred', 'let findings pass --fail-on whose package only a manifest or a file name indicates'),
    )
    .addOption(
      flag('--max-feed-age <duration>', 'exit with 4 when advisory data is older')
        .default(10_080, '7d')
        .argParser(parseMinutes),
    );
}
