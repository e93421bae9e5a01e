import type { OvalNode, OvalTest } from './oval-definition';

/** Why criteria cannot be converted to advisories. */
export class UnsupportedCriteria extends Error {}

const maxAlternatives = 200_000;

/**
 * Criteria as alternatives (disjunctive normal form): an alternative is true when all its conditions are true. `read`
 * converts a test to a condition; undefined is a test that is always true for our purpose, such as "is signed with the
 * key". Throws `UnsupportedCriteria` for negation, operators other than AND and OR, references to other definitions,
 * and for more alternatives than any advisory has.
 */
export function alternativesOf<Condition>(
  node: OvalNode,
  read: (test: OvalTest) => Condition | undefined,
): readonly (readonly Condition[])[] {
  if (node.kind === 'unsupported') throw new UnsupportedCriteria(`criteria with ${node.name}`);
  if (node.negate) throw new UnsupportedCriteria(`negated ${node.kind}`);
  if (node.kind === 'criterion') {
    const condition = read(node.test);
    return [condition === undefined ? [] : [condition]];
  }
  const children = node.children.map((child) => alternativesOf(child, read));
  if (node.operator === 'AND') return children.reduce(both, [[]]);
  if (node.operator === 'OR') return limited(children.flat());
  throw new UnsupportedCriteria(`operator ${node.operator.slice(0, 20)}`);
}

type Alternatives<Condition> = readonly (readonly Condition[])[];

function both<Condition>(left: Alternatives<Condition>, right: Alternatives<Condition>): Alternatives<Condition> {
  if (left.length * right.length > maxAlternatives) throw new UnsupportedCriteria('too many alternatives');
  return left.flatMap((some) => right.map((more) => [...some, ...more]));
}

function limited<Condition>(alternatives: Alternatives<Condition>): Alternatives<Condition> {
  if (alternatives.length > maxAlternatives) throw new UnsupportedCriteria('too many alternatives');
  return alternatives;
}
