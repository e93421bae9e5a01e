import type { Command } from 'commander';
import { isList, valuesOf } from './settings';

/**
 * Gives an option its default where the environment or the configuration file has a value that only other commands know:
 * `CLARION_FORMAT=harbor` is about `scan`, and `db status` has no such format. Runs once all values are known.
 */
export function ignoreForeignValues(root: Command, action: Command): void {
  for (const option of action.options) {
    const name = option.attributeName();
    const source = action.getOptionValueSource(name);
    const values = valuesOf(option);
    if ((source !== 'env' && source !== 'config') || values.length === 0 || isList(option)) continue;
    const value = String(action.getOptionValue(name));
    if (values.includes(value) || !isKnown(root, name, value)) continue;
    action.setOptionValueWithSource(name, option.defaultValue, 'default');
  }
}

function isKnown({ options, commands }: Command, name: string, value: string): boolean {
  const here = options.some((option) => option.attributeName() === name && valuesOf(option).includes(value));
  return here || commands.some((command) => isKnown(command, name, value));
}
