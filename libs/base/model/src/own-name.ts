/** A user-defined kind of packages, and the name of its namespace. */
export type OwnName = `x-${string}`;

/** A user-defined namespace: for a kind of packages, or for a distribution with its release (`x-acme:3`). */
const ownNamespace = /^x-[a-z0-9-]{1,38}(?::[A-Za-z0-9._-]{1,40})?$/;

/** The rule for user-defined names, for messages. */
export const ownNameRule = 'x- and at most 38 lower-case letters, digits and hyphens';

/** Whether a name may be user-defined: Clarion will never use such a name itself. */
export function isOwnName(name: string): name is OwnName {
  return isOwnNamespace(name) && !name.includes(':');
}

/** Whether a namespace is user-defined, so that no feed of this build covers it. */
export function isOwnNamespace(id: string): boolean {
  return ownNamespace.test(id);
}
