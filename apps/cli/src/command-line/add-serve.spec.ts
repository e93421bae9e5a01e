import { Command } from 'commander';
import { settings } from '../serve/config';
import { serveFlagTexts } from '../serve/flag-texts';
import { variableOf } from '../settings';
import { addServe } from './add-serve';
import { serveFlags } from './serve-flags';

const program = new Command();
addServe(program, serveFlagTexts());
const serve = program.commands.find((command) => command.name() === 'serve')!;
const options = new Map(serve.options.map((option) => [variableOf(option), option]));

/** Feeds are a map in the configuration file; the credentials of detector services are the same for every command. */
const withoutOption = /^CLARION_(FEEDS|DETECTOR_(TOKEN|CA|CERTIFICATE|KEY))$/;

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

  it('has no option that sets nothing', () => {
    const read = new Set(Object.values(settings).flatMap(({ env }) => [env, `${env}_FILE`]));
    const others = [...options.keys()].filter((variable) => !read.has(variable));
    expect(others).toEqual(['CLARION_LISTEN']);
    expect(options.size).toBe(serveFlags.length + 4);
  });
});
