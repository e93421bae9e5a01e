import { ClarionError, type VersionScheme } from '@clarion/model';
import { compareVersions } from './ranges';

const operators: Readonly<Record<string, (order: number) => boolean>> = {
  '<': (order) => order < 0,
  '<=': (order) => order <= 0,
  '=': (order) => order === 0,
  '==': (order) => order === 0,
  '!=': (order) => order !== 0,
  '>': (order) => order > 0,
  '>=': (order) => order >= 0,
};

type Predicate = (version: string) => boolean;

const comparator = /^(<=|>=|==|!=|<|>|=)?\s*([^\s<>=!,|]+)$/;

function parseComparator(scheme: VersionScheme, text: string): Predicate {
  if (text === '*') return () => true;
  const [, operator = '=', bound] = comparator.exec(text) ?? [];
  const holds = operators[operator];
  if (bound === undefined || holds === undefined) {
    throw new ClarionError('invalid-input', `not a version comparison: ${JSON.stringify(text.slice(0, 80))}`, {
      remedy: 'write ranges like ">=1.2, <2.0 || 3.1"',
    });
  }
  // A bound without a place in the order is an error now and not at the first version.
  compareVersions(scheme, bound, bound);
  return (version) => holds(compareVersions(scheme, version, bound));
}

/**
 * Parses a range: comparisons (`<`, `<=`, `=`, `==`, `!=`, `>`, `>=`, or a bare version for `=`) joined by `,` for
 * "and", then by `||` for "or"; `*` holds every version. The same grammar for every scheme, evaluated by its order.
 * Throws `invalid-input` for a bad expression and `invalid-version` for a bound that the scheme cannot order.
 */
export function parseRange(scheme: VersionScheme, text: string): Predicate {
  const alternatives = text
    .split('||')
    .map((part) => part.split(',').map((item) => parseComparator(scheme, item.trim())));
  return (version) => alternatives.some((all) => all.every((holds) => holds(version)));
}
