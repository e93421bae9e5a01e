import type { Command } from 'commander';
import { clarionVersion } from '@clarion/release';
import { flag } from '../settings';
import { examples, typed } from './examples';

/** Adds `version` with its subcommands. */
export function addVersion(program: Command): void {
  const version = program.command('version').description('print the version; compare versions of packages');
  version.action(() => {
    process.stdout.write(`clarion ${clarionVersion}\n`);
  });
  version
    .command('compare')
    .description('print <, = or > for two versions; --batch reads lines SCHEME<tab>A<tab>B from stdin')
    .argument('[scheme]', 'dpkg, rpm, apk, semver, pep440, … (clarion version schemes)')
    .argument('[a]')
    .argument('[b]')
    .addOption(flag('--batch', 'read stdin, print one line each: <, =, > or "invalid: WHY"'))
    .addHelpText(
      'after',
      typed(
        "clarion version compare dpkg '1.0~rc1' 1.0",
        "printf 'apk\\t1.2-r0\\t1.2-r1\\n' | clarion version compare --batch",
      ),
    )
    .action(async (...given: [string?, string?, string?, { batch?: true }?, Command?]) => {
      const [{ compare, compareBatch }, { createProgress }] = await Promise.all([
        import('../commands/version'),
        import('../progress'),
      ]);
      const [scheme, a, b, options] = given;
      if (options?.batch) await compareBatch(process.stdin, process.stdout);
      else compare([scheme, a, b], createProgress(program.opts()).warn);
    });
  version
    .command('matches')
    .description('check whether a version is inside a range; exit code 0 yes, 1 no, 2 error, 3 undetermined')
    .argument('<scheme>')
    .argument('<version>')
    .argument('<range>', 'such as ">=1.2, <1.2.5 || =2.0"')
    .addHelpText('after', examples("version matches rpm 1.2.3-4 '<1.2.4'"))
    .action(async (scheme: string, text: string, range: string) => {
      const [{ matches }, { createProgress }] = await Promise.all([
        import('../commands/version'),
        import('../progress'),
      ]);
      try {
        matches([scheme, text, range], createProgress(program.opts()).warn);
      } catch (error) {
        const { exitWith, isJsonRequested } = await import('../failure');
        exitWith(error, isJsonRequested(process.argv));
        // An error of comparison must not look like a "no".
        process.exitCode = 2;
      }
    });
  version
    .command('schemes')
    .description('list the version schemes')
    .action(async () => {
      const { schemes } = await import('../commands/version');
      schemes();
    });
}
