/** What callers may do, each more than the one before it. */
export const roles = ['reader', 'scanner', 'operator', 'administrator'] as const;

/**
 * - reader: sees everything that is no secret
 * - scanner: submits images as well
 * - operator: own vulnerabilities, feeds, notifications, webhook endpoints, dead letters as well
 * - administrator: forgets images as well
 */
export type Role = (typeof roles)[number];

/** Whether `role` may do what asks for `needed`. */
export function allows(role: Role, needed: Role): boolean {
  return roles.indexOf(role) >= roles.indexOf(needed);
}

export function isRole(text: unknown): text is Role {
  return roles.some((role) => role === text);
}
