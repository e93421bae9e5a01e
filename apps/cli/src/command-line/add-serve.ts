import { alternatives } from '@clarion/model';
import { type Command, Option } from 'commander';
import type { GivenSetting } from '../serve/given-setting';
import { flag, takesValue, variableOf, withValues, withVariable } from '../settings';
import { examples } from './examples';
import { type ServeFlag, serveFlags } from './serve-flags';
import { withDetectorOptions } from './with-detector-options';

/** The variable is the inverse: whether feeds are updated when they are due. */
const noUpdates = 'update feeds only when the API asks for it (env: CLARION_SCHEDULE=false)';

/** The description and the default of an option, by its variable. */
export type ServeTexts = ReadonlyMap<string, { readonly about: string; readonly default?: string }>;

function addFlag(command: Command, { flags, variable, values }: ServeFlag, texts: ServeTexts): void {
  const option = flag(flags, '', variable);
  const { about = '', default: value = '' } = texts.get(variableOf(option)) ?? {};
  const unnamed = values?.every((one) => `${flags} ${about}`.includes(one)) === false;
  option.description = unnamed ? `${about}: ${alternatives(values)}` : about;
  if (value !== '' && takesValue(option)) option.default(value, value);
  command.addOption(values === undefined ? option : withValues(option, values));
}

/** Adds `serve`, with the texts of its options if they are needed: they cost the time to load all settings. */
export function addServe(program: Command, texts: ServeTexts = new Map()): void {
  const command = program
    .command('serve')
    .description('run all of Clarion in one process: REST and gRPC on one port, feeds, notifications')
    .addOption(flag('--listen <host:port>', 'address of REST and gRPC').default('127.0.0.1:6060'));
  withDetectorOptions(command).addOption(withVariable(new Option('--no-updates', noUpdates), 'CLARION_SCHEDULE'));
  for (const one of serveFlags) addFlag(command, one, texts);
  command
    .addHelpText(
      'after',
      examples(
        'serve',
        'serve --listen 0.0.0.0:6060 --public-url https://clarion.example',
        'serve --allow-host registry.internal --insecure-host registry.internal',
      ),
    )
    .action(async () => {
      const { serve } = await import('../commands/serve');
      await serve(command.optsWithGlobals(), givenSettings(command));
    });
}

/** The settings given by options and the configuration file; environment variables are read with the settings. */
function givenSettings(command: Command): readonly GivenSetting[] {
  return command.options.flatMap((option) => {
    const key = option.attributeName();
    const source = command.getOptionValueSource(key);
    if (source !== 'cli' && source !== 'config') return [];
    return [
      { variable: variableOf(option), text: String(command.getOptionValue(key)), option: option.long ?? option.flags },
    ];
  });
}
