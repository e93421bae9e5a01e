import { ClarionError, nearestWord } from '@clarion/model';
import type { Command, Option } from 'commander';
import { type CommonSettings, variableOf } from './settings';

/**
 * Variables that are read but have no option: feeds are a map, those of detector services are secrets, or files with
 * them.
 */
const withoutOption = [
  'CLARION_DEBUG',
  ...['CLARION_FEEDS', 'CLARION_FEEDS_FILE'],
  ...['TOKEN', 'CA', 'CERTIFICATE', 'KEY'].flatMap((name) => [
    `CLARION_DETECTOR_${name}`,
    `CLARION_DETECTOR_${name}_FILE`,
  ]),
];

/** An option gives a secret as a file; the variable may also contain it. */
const variablesOf = (option: Option): readonly string[] => {
  const variable = variableOf(option);
  return option.long?.endsWith('-file') === true ? [variable, variable.replace(/_FILE$/, '')] : [variable];
};

function knownVariables(command: Command): readonly string[] {
  return [...command.options.flatMap(variablesOf), ...command.commands.flatMap(knownVariables)];
}

/**
 * Checks environment variables that start with `CLARION_` and that no command reads. A near match of a known one
 * (`CLARION_FAILON`) would silently disable a gate: throws `invalid-input`. Any other may be for a service that
 * shares the environment: prints a warning.
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
