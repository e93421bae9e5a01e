import { relative } from 'node:path';

/**
 * The arguments that a tool was started with: at least those with these names, or it ends with its usage and code 2.
 * @template {string[]} Names
 * @param {[...Names]} names
 * @param {string} [optional] How the usage shows what may follow
 * @returns {[...{ [Name in keyof Names]: string }, ...string[]]}
 */
export function neededArguments(names, optional = '') {
  const given = process.argv.slice(2);
  if (given.length < names.length) {
    const tool = relative(process.cwd(), process.argv[1] ?? '');
    console.error(`usage: node ${[tool, ...names, optional].join(' ').trimEnd()}`);
    process.exit(2);
  }
  // Counted above.
  return /** @type {[...{ [Name in keyof Names]: string }, ...string[]]} */ (given);
}
