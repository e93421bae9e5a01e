import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Command, CommanderError } from 'commander';
import { createProgram } from './program';
import { valuesOf } from './settings';

const root = join(__dirname, '..', '..', '..');

function everyCommand(command: Command): Command[] {
  return [command, ...command.commands.flatMap(everyCommand)];
}

function pathOf(command: Command): string {
  return command.parent === null ? command.name() : `${pathOf(command.parent)} ${command.name()}`;
}

function helpOf(command: Command): string {
  let text = '';
  command.configureOutput({ writeOut: (piece) => (text += piece) });
  command.outputHelp();
  return text;
}

interface Parsed {
  /** The code of the library's error. */
  readonly error?: string;
  /** Options whose value is not one of their allowed values. */
  readonly unknownValues: readonly string[];
}

/** Parses as the program does, and runs nothing. */
async function parse(words: readonly string[]): Promise<Parsed> {
  const program = createProgram();
  const unknownValues: string[] = [];
  const silent = { writeOut: () => undefined, writeErr: () => undefined };
  for (const command of everyCommand(program)) {
    command.exitOverride().configureOutput(silent);
    if (command.commands.length > 0 && command.name() !== 'version') continue;
    command.action((...given: unknown[]) => {
      unknownValues.push(...unknownIn(given.at(-1) as Command));
    });
  }
  try {
    await program.parseAsync(words, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    const harmless = ['commander.help', 'commander.helpDisplayed', 'commander.version'];
    if (!harmless.includes(error.code)) return { error: error.code, unknownValues };
  }
  return { unknownValues };
}

function unknownIn(command: Command): string[] {
  return command.options.flatMap((option) => {
    const known = valuesOf(option);
    const given: unknown = command.getOptionValue(option.attributeName());
    if (known.length === 0 || typeof given !== 'string') return [];
    return given.split(',').flatMap((value) => (known.includes(value) ? [] : [`${option.long ?? ''} ${value}`]));
  });
}

/** The commands of one line of shell, each split into words; supports quotes, pipes, comments and redirections. */
function shellCommands(line: string): string[][] {
  const commands: string[][] = [[]];
  for (const [token, single, double] of line.matchAll(/'([^']*)'|"([^"]*)"|[|;&()<>]+|(?<!\S)#.*|[^\s'"|;&()<>]+/g)) {
    if (token.startsWith('#')) break;
    // The word after a redirection is a file name: it becomes a separate command, which is not checked.
    if (/^[|;&()<>]/.test(token)) commands.push([]);
    else commands.at(-1)?.push(single ?? double ?? token);
  }
  return commands;
}

/** Arguments of each call of Clarion in a line; it may follow variables, a prompt or the key of a YAML file. */
function callsIn(line: string): string[][] {
  return shellCommands(line).flatMap((words) => {
    const at = words.findIndex((word) => !/^(\$|-|run:|[A-Z_]+=.*)$/.test(word));
    return words[at] === 'clarion' ? [words.slice(at + 1)] : [];
  });
}

interface Documented {
  readonly where: string;
  readonly words: readonly string[];
  /** A complete command line; otherwise a mention, which may omit arguments. */
  readonly whole: boolean;
}

function inDocument(file: string): Documented[] {
  const [found, text] = [[] as Documented[], readFileSync(join(root, file), 'utf8').replaceAll('\\\n', ' ')];
  const prose = text.replace(/^```[^\n]*\n(.*?)^```/gms, (_, block: string) => {
    for (const line of block.split('\n')) {
      for (const words of callsIn(line)) found.push({ where: `${file}: ${line.trim()}`, words, whole: true });
    }
    return '';
  });
  for (const [, span = ''] of prose.matchAll(/`([^`]+)`/g)) {
    const line = span.replace(/\s+/g, ' ');
    for (const words of callsIn(line)) found.push({ where: `${file}: ${line}`, words, whole: false });
  }
  return found;
}

function inHelp(command: Command): Documented[] {
  const text = helpOf(command);
  const where = (line: string): string => `${pathOf(command)} --help: ${line}`;
  const examples = [...text.matchAll(/^ {2}\$ (.+)$/gm)].flatMap(([, line = '']) =>
    callsIn(line).map((words) => ({ where: where(line), words, whole: true })),
  );
  const mentions = [...text.matchAll(/\((clarion [^)]+)\)/g)].flatMap(([, span = '']) => {
    const line = span.replace(/\s+/g, ' ');
    return callsIn(line).map((words) => ({ where: where(line), words, whole: false }));
  });
  return [...examples, ...mentions];
}

const pages = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.md') && name !== 'cli.md')
  .map((name) => join('docs', name));
const documented = [
  ...['README.md', 'CONTRIBUTING.md', ...pages].flatMap(inDocument),
  ...everyCommand(createProgram()).flatMap(inHelp),
];

describe('a documented command line', () => {
  it.each(documented.map((one) => [one.where, one] as const))('%s', async (_where, { words, whole }) => {
    const { error, unknownValues } = await parse(words);
    expect(unknownValues).toEqual([]);
    if (whole || error !== 'commander.missingArgument') expect(error).toBeUndefined();
  });

  it('is found in documents and in help', () => {
    const sources = documented.map(({ where }) => where);
    expect(sources.filter((where) => where.startsWith('docs/')).length).toBeGreaterThan(20);
    expect(sources.filter((where) => where.startsWith('clarion')).length).toBeGreaterThan(20);
  });

  it.each([
    [['version', '--list'], 'commander.unknownOption'],
    [['printf', 'x'], 'commander.unknownCommand'],
    [['scan', 'a', 'b'], 'commander.excessArguments'],
    [['scan'], 'commander.missingArgument'],
  ])('%j is invalid', async (words, error) => {
    expect(await parse(words)).toMatchObject({ error });
  });

  it('is invalid with a value that the option does not allow', async () => {
    expect(await parse(['scan', 'a', '--format', 'sarif'])).toMatchObject({ unknownValues: ['--format sarif'] });
  });
});

describe('the help', () => {
  const helps = everyCommand(createProgram()).map((command) => [pathOf(command), helpOf(command)] as const);

  it.each(helps)('of %s fits into 100 columns', (_path, text) => {
    expect(text).toMatch(/^Usage: /);
    expect(text.split('\n').filter((line) => line.length > 100)).toEqual([]);
  });
});
