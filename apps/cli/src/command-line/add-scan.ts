import type { Command } from 'commander';
import { flag, withValues } from '../settings';
import { examples } from './examples';
import { formatOption } from './format-option';
import { severityChoices, withGateOptions } from './with-gate-options';
import { imageHelp, withImageOptions } from './with-image-options';

const severityNames = `${severityChoices.slice(0, -1).join(', ')} or Unknown`;
const severitySources = ['advisory', 'record', 'nvd', 'cna', 'cvss', 'other'];

const shownSeverities = `show only these, and malicious packages; comma separated: ${severityNames}`;

const exitHelp = `
Exit codes: 0 policy passed, 1 error, 2 policy violated, 3 scan incomplete (an unreadable file, an
unsupported or end-of-life distribution, a feed that lacks documents about it, packages that no
detector reads, no packages), 4 advisory data missing or stale, or findings that --fail-on cannot
judge. --allow-incomplete accepts 3, --allow-unrated the last of these.
`;

/** Adds `scan`. */
export function addScan(program: Command): void {
  const command = withImageOptions(
    program.command('scan').description('show which packages of an image are vulnerable and which versions fix them'),
  )
    .addOption(formatOption('report'))
    .addOption(withValues(flag('--severity <list>', shownSeverities), severityChoices))
    .addOption(
      withValues(
        flag('--severity-order <list>', `whose severity comes first: ${severitySources.join(', ')}`),
        severitySources,
      ),
    )
    .addOption(flag('--ignore-unfixed', 'show and count only what has a fix, and malicious packages'));
  withGateOptions(command, { failOn: 'exit with 2 when a finding is this severe or more' })
    .addOption(flag('--at <time>', 'as known then: RFC 3339, or a date, whose end counts; fetches no feeds'))
    .addOption(
      flag(
        '--offline',
        'fetch no feeds: use stored data, or the files of --feeds-dir; only an image in a registry is fetched',
      ),
    )
    .addOption(
      flag(
        '--feeds-dir <dir>',
        'read feeds from files laid out like the upstreams (clarion feeds --layout), also with --offline',
      ),
    )
    .addOption(flag('--details', 'describe every vulnerability, not only what is exploited, Critical or High'))
    .addOption(flag('--show-suppressed', 'also list suppressed findings, each with its reason'))
    .addOption(flag('--list-packages', 'also list packages without findings'))
    .addOption(flag('--no-match', 'only detect packages; look for no vulnerabilities'))
    .addHelpText('after', imageHelp + exitHelp)
    .addHelpText(
      'after',
      examples(
        'scan alpine:3.22',
        'scan image.tar --fail-on High --ignore-unfixed',
        'scan oci:layout:v1 --format json --output report.json',
        'scan app.tar --offline',
        'scan app.tar --at 2026-03-01',
      ),
    )
    .action(async (image: string, _options: unknown, run: Command) => {
      const { scan } = await import('../commands/scan');
      await scan(image, run.optsWithGlobals());
    });
}
