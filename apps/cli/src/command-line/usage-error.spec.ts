import { Command, InvalidArgumentError, Option } from 'commander';
import { describeError } from '../failure';
import { usageError } from './usage-error';

/** How a small program describes its usage error. */
function described(args: readonly string[]): string | undefined {
  let line: string | undefined;
  const program = new Command('sample')
    .exitOverride()
    .showSuggestionAfterError()
    .configureOutput({ writeErr: () => undefined, outputError: (text) => (line = describeError(usageError(text))) });
  const scan = program
    .command('scan')
    .argument('<image>')
    .argument('[days]', 'a number', () => {
      throw new InvalidArgumentError('It must be a number.');
    });
  scan.addOption(new Option('--format <name>').choices(['json', 'table']));
  scan.addOption(new Option('--quiet').conflicts('loud'));
  scan.addOption(new Option('--loud'));
  try {
    program.copyInheritedSettings(program);
    scan.copyInheritedSettings(program).action(() => undefined);
    program.parse([...args], { from: 'user' });
  } catch {
    // It would have ended the process.
  }
  return line;
}

describe('an error of the option parser', () => {
  it.each<[args: readonly string[], line: string]>([
    [['scna'], 'There is no command "scna"; did you mean scan?'],
    [['zzz'], 'There is no command "zzz"; see clarion help COMMAND'],
    [['scan', 'x', '--formt', 'json'], 'There is no option --formt; did you mean --format?'],
    [['scan', 'x', '--format'], 'The option --format <name> lacks its value; see clarion help COMMAND'],
    [
      ['scan', 'x', '--format', 'xml'],
      'The option --format <name> cannot be "xml": Allowed choices are json, table; see clarion help COMMAND',
    ],
    [['scan'], 'The argument <image> is missing; see clarion help COMMAND'],
    [['scan', 'x', 'y'], 'The argument <days> cannot be "y": It must be a number; see clarion help COMMAND'],
    [['scan', 'x', '--quiet', '--loud'], 'The option --quiet excludes --loud; see clarion help COMMAND'],
  ])('of %j is one line with its remedy', (args, line) => {
    expect(described(args)).toBe(line);
  });

  it('of an unknown kind keeps its text', () => {
    expect(describeError(usageError('error: something\nelse\n'))).toBe('something else; see clarion help COMMAND');
  });
});
