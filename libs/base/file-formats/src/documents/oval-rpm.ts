import type { OvalEntity, OvalTest } from './oval-definition';
import type { VersionRange } from '@clarion/model';

/** What an `rpminfo_test` requires of an installed package. Absent members do not restrict. */
export interface RpmTest {
  readonly package: string;
  readonly evr?: OvalEntity;
  readonly version?: OvalEntity;
  readonly arch?: OvalEntity;
  /** Only checks the key that a package is signed with. */
  readonly signature?: OvalEntity;
}

const members = new Map<string, 'evr' | 'version' | 'arch' | 'signature'>([
  ['evr', 'evr'],
  ['version', 'version'],
  ['arch', 'arch'],
  ['signature_keyid', 'signature'],
]);

/** Reads an `rpminfo_test` with its object and states, or returns why it is not supported here. */
export function readRpmTest(test: OvalTest): RpmTest | string {
  if (test.kind !== 'rpminfo_test') return `test ${test.id} is ${test.kind === '' ? 'missing' : `a ${test.kind}`}`;
  if (!['at least one', 'all', 'only one'].includes(test.check)) return `test ${test.id} checks for "${test.check}"`;
  if (test.checkExistence !== 'at_least_one_exists') return `test ${test.id} checks for "${test.checkExistence}"`;
  if (test.stateOperator !== 'AND' && test.states.length > 1) return `test ${test.id} combines states`;
  const name = test.object?.entities.find((entity) => entity.name === 'name');
  if (name?.operation !== 'equals' || !/^\S{1,256}$/.test(name.value)) {
    return `test ${test.id} names no package`;
  }
  const found: { -readonly [Key in keyof RpmTest]: RpmTest[Key] } = { package: name.value };
  for (const state of test.states) {
    if (state === undefined || state.kind === '') return `test ${test.id} names a missing state`;
    for (const entity of state.entities) {
      const member = members.get(entity.name);
      if (member === undefined || found[member] !== undefined) return `state ${state.id} asks for ${entity.name}`;
      found[member] = entity;
    }
  }
  return found;
}

// Azure Linux has a version with a space after its epoch, which rpm's order ignores too.
const evrPattern = /^(?:(\d{1,9}):\s?)?([^\s:]{1,256})$/;

/** `[epoch:]version-release` without an epoch of 0; undefined for text that is not a version. */
export function evrOf(text: string): string | undefined {
  const match = evrPattern.exec(text);
  if (match === null) return undefined;
  const [, epoch = '0', rest = ''] = match;
  return Number(epoch) === 0 ? rest : `${Number(epoch)}:${rest}`;
}

const boundOf = new Map<string, 'fixed' | 'lastAffected'>([
  ['less than', 'fixed'],
  ['less than or equal', 'lastAffected'],
]);

/** The versions that a state's `evr` matches, or why it matches none. */
export function rangeOf({ operation, value }: OvalEntity): VersionRange | string {
  const evr = evrOf(value);
  const bound = boundOf.get(operation);
  if (evr === undefined) return `"${value.slice(0, 80)}" is not a version`;
  return bound === undefined ? `versions "${operation.slice(0, 40)}"` : ({ [bound]: evr } satisfies VersionRange);
}
