import type { Command } from 'commander';
import { flag, parseMinutes, withValues } from '../settings';
import { examples } from './examples';

/** Adds `db` with its subcommands. */
export function addDatabase(program: Command): void {
  const db = program.command('db').description('the stored facts: layers and advisories');
  db.command('status')
    .description('feeds with age, rows and errors')
    .addOption(withValues(flag('--format <name>', 'table or json').default('table'), ['table', 'json']))
    .addHelpText('after', examples('db status', 'db status --format json'))
    .action(async (_options: unknown, command: Command) => {
      const { status } = await import('../commands/db');
      await status(command.optsWithGlobals());
    });
  addRevisions(db);
  db.command('export')
    .description('write all advisory data to one file, for machines without network')
    .argument('<file>')
    .addOption(flag('--sign-key <file>', 'sign it with this Ed25519 private key (PEM)'))
    .addHelpText('after', examples('db export facts.clarion.gz'))
    .action(async (file: string, _options: unknown, command: Command) => {
      const { exportBundle } = await import('../commands/bundle');
      await exportBundle(file, command.optsWithGlobals());
    });
  db.command('import')
    .description('replace the data of the feeds in such a file, at once or not at all')
    .argument('<file>')
    .addOption(flag('--verify-key <file>', 'refuse a file that is not signed by this Ed25519 public key (PEM)'))
    .addOption(flag('--force', 'import feeds that lose suspiciously much, too'))
    .addHelpText('after', examples('db import facts.clarion.gz', 'scan app.tar --offline'))
    .action(async (file: string, _options: unknown, command: Command) => {
      const { importBundle } = await import('../commands/bundle');
      await importBundle(file, command.optsWithGlobals());
    });
  db.command('backup')
    .description('copy the data directory as it is now, keys and tokens included, also while it is used')
    .argument('<directory>', 'where to; it must not exist')
    .addHelpText('after', examples('db backup backup-2026-02-01', 'db backup /mnt/backups/clarion --db /data'))
    .action(async (directory: string, _options: unknown, command: Command) => {
      const { backup } = await import('../commands/backup');
      await backup(directory, command.optsWithGlobals());
    });
  db.command('restore')
    .description('put a backup into a data directory that has no store')
    .argument('<directory>', 'the backup')
    .addOption(flag('--check', 'only check that the backup is complete'))
    .addHelpText('after', examples('db restore backup-2026-02-01 --db /data', 'db restore backup-2026-02-01 --check'))
    .action(async (directory: string, _options: unknown, command: Command) => {
      const { restore } = await import('../commands/restore');
      await restore(directory, command.optsWithGlobals());
    });
  db.command('prune')
    .description(
      'forget layers and images that were not used for a while, feeds that are off, those of a --feeds-dir that was not used for a while, and old changes of feeds',
    )
    .addOption(flag('--unused-for <duration>', 'how long').default(43_200, '30d').argParser(parseMinutes))
    .addOption(
      flag('--keep-history <duration>', 'how long what updates changed is kept: reports of the past go back that far')
        .default(576_000, '400d')
        .argParser(parseMinutes),
    )
    .addHelpText('after', examples('db prune', 'db prune --unused-for 7d'))
    .action(async (_options: unknown, command: Command) => {
      const { prune } = await import('../commands/db');
      await prune(command.optsWithGlobals());
    });
}

function addRevisions(db: Command): void {
  db.command('revisions')
    .description('when the data of a feed changed, and who changed own vulnerabilities through the API')
    .argument('<feed>')
    .addOption(withValues(flag('--format <name>', 'table or json').default('table'), ['table', 'json']))
    .addOption(flag('--feeds-dir <dir>', 'of what scan --feeds-dir DIR has read'))
    .addHelpText(
      'after',
      examples(
        'db revisions debian-security-tracker',
        'db revisions nvd --feeds-dir /media/feeds',
        'db revisions own-vulnerabilities',
      ),
    )
    .action(async (feed: string, _options: unknown, command: Command) => {
      const { revisions } = await import('../commands/revisions');
      await revisions(feed, command.optsWithGlobals());
    });
}
