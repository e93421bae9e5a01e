import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { defaultDirectory } from './default-directory';
import { applyConfigFile, flag, parseMinutes, refuseUnclear } from './settings';

describe('parseMinutes', () => {
  it.each([
    ['30m', 30],
    ['12h', 720],
    ['7d', 10_080],
    ['2w', 20_160],
    ['90s', 1.5],
  ])('%s', (text, minutes) => {
    expect(parseMinutes(text)).toBe(minutes);
  });

  it.each(['', '7', 'd', '-1d', '1.5h', '7 d', '7y'])('rejects "%s" and shows how to write it', (text) => {
    expect(() => parseMinutes(text)).toThrow(/is not a duration/);
  });
});

describe('flag', () => {
  it.each([
    ['--fail-on <severity>', 'CLARION_FAIL_ON'],
    ['--db <dir>', 'CLARION_DB'],
    ['--json-errors', 'CLARION_JSON_ERRORS'],
    ['--no-match', 'CLARION_NO_MATCH'],
  ])('%s has the twin %s', (flags, twin) => {
    expect(flag(flags, 'text').envVar).toBe(twin);
  });
});

describe('a yes-or-no variable', () => {
  afterEach(() => {
    delete process.env['CLARION_SETTING'];
    delete process.env['CLARION_NO_MATCH'];
  });

  async function run(...args: string[]): Promise<Record<string, unknown>> {
    let seen: Record<string, unknown> = {};
    const program = new Command('clarion').hook('preAction', (_root, action) => {
      refuseUnclear(action);
    });
    program.command('other').action(() => undefined);
    program
      .command('scan')
      .addOption(flag('--setting', 'x'))
      .addOption(flag('--no-match', 'x'))
      .action((options: Record<string, unknown>) => {
        seen = options;
      });
    await program.parseAsync(args, { from: 'user' });
    return seen;
  }

  it.each([
    ['1', true],
    ['true', true],
    ['YES', true],
    ['false', false],
    ['0', false],
    ['No', false],
    ['', false],
  ])('of value "%s" means %p, also to an option that begins with no', async (value, meaning) => {
    process.env['CLARION_SETTING'] = value;
    process.env['CLARION_NO_MATCH'] = value;
    expect(await run('scan')).toEqual({ ...(meaning ? { setting: true } : {}), match: !meaning });
  });

  it.each(['flase', 'maybe', ' true', 'nope'])('with the value "%s" is rejected', async (value) => {
    process.env['CLARION_SETTING'] = value;
    await expect(run('scan')).rejects.toThrow(/CLARION_SETTING must be true or false/);
    delete process.env['CLARION_SETTING'];
    process.env['CLARION_NO_MATCH'] = value;
    await expect(run('scan')).rejects.toThrow(/CLARION_NO_MATCH must be true or false/);
  });

  it('that is unclear does not matter where the flag is given, or where nothing reads it', async () => {
    process.env['CLARION_SETTING'] = 'maybe';
    expect(await run('scan', '--setting')).toMatchObject({ setting: true });
    await expect(run('other')).resolves.toEqual({});
  });
});

describe('defaultDirectory', () => {
  const original = process.env['XDG_CACHE_HOME'];
  afterEach(() => {
    if (original === undefined) delete process.env['XDG_CACHE_HOME'];
    else process.env['XDG_CACHE_HOME'] = original;
  });

  it('follows XDG_CACHE_HOME', () => {
    process.env['XDG_CACHE_HOME'] = '/caches';
    expect(defaultDirectory()).toBe('/caches/clarion');
  });

  it('falls back to ~/.cache', () => {
    process.env['XDG_CACHE_HOME'] = '';
    expect(defaultDirectory()).toMatch(/\.cache\/clarion$/);
  });
});

describe('the configuration file', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'clarion-settings-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
    delete process.env['CLARION_FORMAT'];
  });

  async function run(yaml: string, ...args: string[]): Promise<Record<string, unknown>> {
    const file = join(folder, 'clarion.yaml');
    writeFileSync(file, yaml);
    let seen: Record<string, unknown> = {};
    const program = new Command('clarion')
      .exitOverride()
      .addOption(flag('--config <file>', 'x'))
      .addOption(flag('--quiet', 'x'));
    program.hook('preAction', (root, action) => applyConfigFile(root, action));
    program
      .command('scan')
      .addOption(flag('--format <name>', 'x').default('table'))
      .addOption(flag('--max-age <duration>', 'x').argParser(parseMinutes))
      .addOption(flag('--severity <list>', 'x'))
      .addOption(flag('--no-match', 'x'))
      .action((_options: unknown, command: Command) => {
        seen = command.optsWithGlobals();
      });
    await program.parseAsync(['--config', file, 'scan', ...args], { from: 'user' });
    return seen;
  }

  it('is refused when it is too long, before it is parsed', async () => {
    const long = Array.from({ length: 12_000 }, (_, at) => `k${at}: 1`).join('\n');
    await expect(run(long)).rejects.toThrow(/has more than 65536 characters/);
  });

  it('fills options that were not given, and parses them like a flag', async () => {
    expect(await run('format: json\nquiet: true\nmaxAge: 2h\n')).toMatchObject({
      format: 'json',
      quiet: true,
      maxAge: 120,
    });
  });

  it.each([true, false])('accepts yes or no, also for an option that starts with no: %p', async (match) => {
    expect(await run(`match: ${match}\n`)).toMatchObject({ match });
  });

  it('is overridden by the environment', async () => {
    process.env['CLARION_FORMAT'] = 'table';
    expect(await run('format: json\n')).toMatchObject({ format: 'table' });
  });

  it('is overridden by a flag', async () => {
    process.env['CLARION_FORMAT'] = 'table';
    expect(await run('format: json\n', '--format', 'sarif')).toMatchObject({ format: 'sarif' });
  });

  it('passes feeds on as written, for their reader to parse', async () => {
    expect(await run('feeds: {enable: [wolfi]}\n')).toMatchObject({ feeds: { enable: ['wolfi'] } });
    expect(await run('format: json\n')).not.toHaveProperty('feeds');
  });

  it.each([
    ['severity: [High, Critical]\n', 'High,Critical'],
    ['severity:\n  - High\n', 'High'],
    ['severity: High,Critical\n', 'High,Critical'],
    ['severity: []\n', undefined],
  ])('accepts a list for options with several values: %j', async (yaml, severity) => {
    expect((await run(yaml))['severity']).toBe(severity);
  });

  it('may be empty', async () => {
    expect(await run('')).toMatchObject({ format: 'table' });
  });

  it.each([
    ['formt', 'did you mean format?'],
    ['colour', expect.stringMatching(/^known keys: .*feeds, format/) as unknown],
  ])('explains the unknown key %s', async (key, remedy) => {
    await expect(run(`${key}: x\n`)).rejects.toMatchObject({ remedy });
  });

  it.each([
    ['an unknown key', 'formt: json\n', /"formt" is unknown/],
    ['a list', '- a\n', /not a list/],
    ['a wrong type', 'quiet: perhaps\n', /"quiet" is true or false/],
    ['a text for an option that begins with no', 'match: perhaps\n', /"match" is true or false/],
    ['a nested value', 'format: {a: 1}\n', /"format" is a text/],
    ['a list of one value', 'format: [json]\n', /"format" is a text/],
    ['a list of maps', 'severity: [{a: 1}]\n', /"severity" is a list of texts/],
    ['a list of lists', 'severity: ["High,Low"]\n', /"severity" is a list of texts/],
    ['broken YAML', 'format: [\n', /clarion\.yaml/],
  ])('refuses %s', async (_name, yaml, message) => {
    await expect(run(yaml)).rejects.toThrow(message);
  });
});
