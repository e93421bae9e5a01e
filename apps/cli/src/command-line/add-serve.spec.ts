import { Command } from 'commander';
import { detectorChoice, settings } from '../serve/config';
import { serveFlagTexts } from '../serve/flag-texts';
import { readServeSettings } from '../serve/settings';
import { variableOf } from '../settings';
import { addServe } from './add-serve';
import { serveFlags } from './serve-flags';

const program = new Command();
addServe(program, serveFlagTexts());
const serve = program.commands.find((command) => command.name() === 'serve')!;
const options = new Map(serve.options.map((option) => [variableOf(option), option]));

/** Feeds are a map in the configuration file. */
const withoutOption = /^CLARION_FEEDS$/;

describe('clarion serve', () => {
  it.each(Object.values(settings).filter(({ env }) => !withoutOption.test(env)))(
    'has an option for $env, with the same default',
    ({ env, secret, default: value }) => {
      const option = options.get(secret === true ? `${env}_FILE` : env);
      expect(option).toBeDefined();
      expect(option?.description).not.toBe('');
      const shown: unknown = option?.defaultValue;
      const isFlag = option?.isBoolean() === true || option?.negate === true;
      expect(isFlag || value === '' ? (value ?? '') : shown).toEqual(value);
    },
  );

  it('uses the credentials for detector services that options name', () => {
    const variable = 'CLARION_DETECTOR_TOKEN_FILE';
    const given = [{ variable, text: __filename, option: '--detector-token-file' }];
    const commandLine = { db: 'db', host: '127.0.0.1', port: 0 };
    const { config, env } = readServeSettings(commandLine, given, { CLARION_DETECTOR_TOKEN: 'of the environment' });
    expect(detectorChoice(config, env).credentials).toEqual({ [variable]: __filename });
  });

  it('has no option that sets nothing', () => {
    const read = new Set(Object.values(settings).flatMap(({ env }) => [env, `${env}_FILE`]));
    const others = [...options.keys()].filter((variable) => !read.has(variable));
    expect(others).toEqual(['CLARION_LISTEN']);
    expect(options.size).toBe(serveFlags.length + 6);
  });
});
