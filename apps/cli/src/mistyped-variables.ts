import { ClarionError, nearestWord } from '@clarion/model';
import type { Command, Option } from 'commander';
import { type CommonSettings, variableOf } from './settings';

/** Variables that are read and that no option has: feeds are a map, those of detector services are secrets, or files with them. */
const withoutOption = [
  'CLARION_DEBUG',
  ...['CLARION_FEEDS', 'CLARION_FEEDS_FILE'],
  ...['TOKEN', 'CA', 'CERTIFICATE', 'KEY'].flatMap((name) => [
    `CLARION_DETECTOR_${name}`,
    `CLARION_DETECTOR_${name}_FILE`,
  ]),
];

/** A secret is given in a file by an option, and in the variable too. */
const variablesOf = (option: Option): readonly string[] => {
  const variable = variableOf(option);
  return option.long?.endsWith('-file') === true ? [variable, variable.replace(/_FILE$/, '')] : [variable];
};

function knownVariables(command: Command): readonly string[] {
  return [...command.options.flatMap(variablesOf), ...command.commands.flatMap(knownVariables)];
}

/**
 * Looks at variables of the environment that begin with `CLARION_` and that no command reads. One that is nearly the name of
 * one that is read (`CLARION_FAILON`) would switch a gate off without a word: throws `invalid-input`. Any other may be meant
 * for a service that shares the environment: a warning.
 */
export async function refuseMistyped(root: Command): Promise<void> {
  const known = new Set([...withoutOption, ...knownVariables(root)]);
  const unknown = Object.keys(process.env).filter((name) => name.startsWith('CLARION_') && !known.has(name));
  if (unknown.length === 0) return;
  const { createProgress } = await import('./progress');
  const progress = createProgress(root.opts<CommonSettings>());
  for (const name of unknown) {
    const meant = nearestWord(name, known, 1);
    if (meant === undefined) {
      progress.warn(`${name} is not read by the command line`);
      continue;
    }
    throw new ClarionError('invalid-input', `Nothing reads the variable ${name}`, {
      remedy: `did you mean ${meant}? Unset it otherwise`,
    });
  }
}
