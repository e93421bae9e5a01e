/** Roles of callers, each with more permissions than the one before it. */
export const roles = ['reader', 'scanner', 'operator', 'administrator'] as const;

/**
 * - reader: reads everything that is not secret
 * - scanner: also submits images
 * - operator: also own vulnerabilities, feeds, notifications, webhook endpoints, dead letters
 * - administrator: also deletes images
 */
export type Role = (typeof roles)[number];

/** Whether `role` includes the permissions of `needed`. */
export function allows(role: Role, needed: Role): boolean {
  return roles.indexOf(role) >= roles.indexOf(needed);
}

export function isRole(text: unknown): text is Role {
  return roles.some((role) => role === text);
}
