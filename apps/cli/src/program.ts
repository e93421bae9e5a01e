import { clarionVersion } from '@clarion/release';
import { Command } from 'commander';
import { addDatabase } from './command-line/add-database';
import { addDiff } from './command-line/add-diff';
import { addExplain } from './command-line/add-explain';
import { addLists } from './command-line/add-lists';
import { addPackages } from './command-line/add-packages';
import { addScan } from './command-line/add-scan';
import { addServe, type ServeTexts } from './command-line/add-serve';
import { addTimeline } from './command-line/add-timeline';
import { addUpdate } from './command-line/add-update';
import { addVersion } from './command-line/add-version';
import { examples, typed } from './command-line/examples';
import { usageError } from './command-line/usage-error';
import { defaultDirectory } from './default-directory';
import { describeError, describeErrorAsJson, isJsonRequested } from './failure';
import { ignoreForeignValues } from './foreign-values';
import { refuseMistyped } from './mistyped-variables';
import { applyConfigFile, flag, refuseUnclear } from './settings';

/** Prints an error of the option parser in the form of every other error. */
function writeError(text: string, write: (line: string) => void): void {
  const error = usageError(text);
  // Checked before the options are parsed, as wrong options are errors as well.
  write(isJsonRequested(process.argv) ? `${describeErrorAsJson(error)}\n` : `clarion: ${describeError(error)}\n`);
}

/**
 * The whole command tree. Only the tree is loaded at start; the code of a command is loaded when it runs. The texts are
 * those of the options of `serve`, for its help and for completion.
 */
export function createProgram(texts?: ServeTexts): Command {
  const program = new Command('clarion')
    .description('Clarion shows which of your container images are vulnerable, and which versions fix them')
    .version(`clarion ${clarionVersion}`, '-V, --version')
    .addOption(flag('--db <dir>', 'where facts are kept').default(defaultDirectory(), '$XDG_CACHE_HOME/clarion'))
    .addOption(flag('--config <file>', 'options as "name: value" lines (default clarion.yaml, if it is there)'))
    .addOption(flag('--quiet', 'no progress and no warnings'))
    .addOption(flag('--json-errors', 'errors and warnings as one JSON object a line on stderr, and no progress'))
    .showSuggestionAfterError()
    .configureOutput({ outputError: writeError })
    .hook('preAction', async (root, action) => {
      refuseUnclear(action);
      await refuseMistyped(root);
    })
    .hook('preAction', async (root, action) => {
      await applyConfigFile(root, action);
      ignoreForeignValues(root, action);
    });
  program.addHelpText('after', examples('scan alpine:3.22', 'packages image.tar', 'update', 'help scan'));
  addScan(program);
  addPackages(program);
  addExplain(program);
  addTimeline(program);
  addDiff(program);
  addUpdate(program);
  addServe(program, texts);
  addDatabase(program);
  addLists(program);
  addVersion(program);
  program
    .command('completion')
    .description('print a completion script')
    .argument('<shell>', 'bash, zsh or fish')
    .addHelpText(
      'after',
      typed('source <(clarion completion bash)', 'clarion completion fish > ~/.config/fish/completions/clarion.fish'),
    )
    .action(async (shell: string) => {
      const { completion } = await import('./commands/completion');
      process.stdout.write(completion(shell, program));
    });
  return program;
}
