/** The name of a kind of packages, and of the namespace they live in, that a user invented. */
export type OwnName = `x-${string}`;

/** A user's own namespace: of an own kind of packages, or of an own distribution with its release (`x-acme:3`). */
const ownNamespace = /^x-[a-z0-9-]{1,38}(?::[A-Za-z0-9._-]{1,40})?$/;

/** What a name must be that Clarion does not know, for messages. */
export const ownNameRule = 'x- and at most 38 lower-case letters, digits and hyphens';

/** Whether a name is one that users may invent: nothing that Clarion comes to know will ever be called so. */
export function isOwnName(name: string): name is OwnName {
  return isOwnNamespace(name) && !name.includes(':');
}

/** Whether a namespace is a user's own, so that no feed of this build speaks about it. */
export function isOwnNamespace(id: string): boolean {
  return ownNamespace.test(id);
}
