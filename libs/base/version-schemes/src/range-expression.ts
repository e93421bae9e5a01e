import { ClarionError, type VersionScheme } from '@clarion/model';
import { compareVersions, orderVersions } from './ranges';

const operators: Readonly<Record<string, (order: number) => boolean>> = {
  '<': (order) => order < 0,
  '<=': (order) => order <= 0,
  '=': (order) => order === 0,
  '==': (order) => order === 0,
  '!=': (order) => order !== 0,
  '>': (order) => order > 0,
  '>=': (order) => order >= 0,
};

/** Whether a version is inside; undefined where an invalid version leaves that open. */
type Predicate = (version: string) => boolean | undefined;

const comparator = /^(<=|>=|==|!=|<|>|=)?\s*([^\s<>=!,|]+)$/;

function parseComparator(scheme: VersionScheme, text: string): Predicate {
  if (text === '*') return () => true;
  const [, operator = '=', bound] = comparator.exec(text) ?? [];
  const matches = operators[operator];
  if (bound === undefined || matches === undefined) {
    throw new ClarionError('invalid-input', `not a version comparison: ${JSON.stringify(text.slice(0, 80))}`, {
      remedy: 'write ranges like ">=1.2, <2.0 || 3.1"',
    });
  }
  // A bound without a place in the order is an error now and not only at the first version.
  compareVersions(scheme, bound, bound);
  return (version) => {
    const order = orderVersions(scheme, version, bound);
    return order === undefined ? undefined : matches(order);
  };
}

/**
 * Parses a range: comparisons (`<`, `<=`, `=`, `==`, `!=`, `>`, `>=`, or a bare version for `=`) joined by `,` for
 * "and", then by `||` for "or"; `*` contains every version. The same grammar for every scheme, evaluated by its order.
 * The answer is that of matching: what is open there is undefined here. Throws `invalid-input` for a bad expression and
 * `invalid-version` for a bound that the scheme cannot order.
 */
export function parseRange(scheme: VersionScheme, text: string): Predicate {
  const alternatives = text
    .split('||')
    .map((part) => part.split(',').map((item) => parseComparator(scheme, item.trim())));
  return (version) => some(alternatives.map((all) => every(all.map((matches) => matches(version)))));
}

type Answers = readonly (boolean | undefined)[];

function every(answers: Answers): boolean | undefined {
  if (answers.includes(false)) return false;
  return answers.includes(undefined) ? undefined : true;
}

function some(answers: Answers): boolean | undefined {
  if (answers.includes(true)) return true;
  return answers.includes(undefined) ? undefined : false;
}
