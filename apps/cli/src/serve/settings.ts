import type { FeedSettings } from '@clarion/feed-sources';
import { ClarionError } from '@clarion/model';
import { readConfig, type ProcessEnvironment } from '@clarion/service-runtime';
import { type ServeConfig, settings } from './config';
import type { GivenSetting } from './given-setting';

/** Settings of the command line itself, in addition to those of services. */
interface CommandLineSettings {
  /** Directory of the store. */
  readonly db: string;
  readonly host: string;
  /** 0: the system chooses. */
  readonly port: number;
}

/** All settings of `clarion serve`. */
export interface ServeSettings extends CommandLineSettings {
  readonly config: ServeConfig;
  /** The feeds of the configuration file, else those of `CLARION_FEEDS`. */
  readonly feeds: FeedSettings;
  /** The file of this program, from which indexing processes are started. */
  readonly program: string;
  /** The environment, with the given settings in place of their variables. */
  readonly env: ProcessEnvironment;
}

/**
 * Reads the settings: options and configuration file first, then the environment. Throws `invalid-input` that lists
 * everything invalid, by the option where one was given.
 */
export function readServeSettings(
  { db, host, port, feeds, config: file }: CommandLineSettings & FeedSettings,
  given: readonly GivenSetting[],
  environment: ProcessEnvironment = process.env,
): ServeSettings {
  const env = withGiven(environment, given);
  const config = readNamed(given, env);
  const chosen = feeds ?? config.feeds;
  return {
    ...{ db, host, port, config, env },
    program: process.argv[1] ?? '',
    feeds: {
      ...(chosen === undefined ? {} : { feeds: chosen }),
      ...(file === undefined ? {} : { config: file }),
    },
  };
}

/** A given file of a secret overrides the secret in a variable. */
function withGiven(environment: ProcessEnvironment, given: readonly GivenSetting[]): ProcessEnvironment {
  const covered = new Set(given.map(({ variable }) => variable.replace(/_FILE$/, '')));
  const rest = Object.entries(environment).filter(([name]) => !covered.has(name));
  const instead = given.map(({ variable, text }) => [variable, text] as const);
  return Object.fromEntries<string | undefined>([...rest, ...instead]);
}

function readNamed(given: readonly GivenSetting[], env: ProcessEnvironment): ServeConfig {
  try {
    return readConfig(settings, env).config;
  } catch (error) {
    if (!(error instanceof ClarionError)) throw error;
    const message = given.reduce(
      (text, { variable, option }) => text.replace(new RegExp(`\\b${variable}\\b`, 'g'), option),
      error.message,
    );
    throw new ClarionError('invalid-input', message, {
      remedy: 'correct the option or the variable; docs/configuration.md lists all of them',
    });
  }
}
