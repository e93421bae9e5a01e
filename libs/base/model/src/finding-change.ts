/**
 * What is different in the second of two images: a finding is only in that one (`added`), in both with other values of
 * what a user acts on (`changed`), only in the first (`gone`), or the same in both.
 */
export const findingChanges = ['added', 'changed', 'gone', 'unchanged'] as const;

export type FindingChange = (typeof findingChanges)[number];

/**
 * What a user acts on: members of a compared finding that make it a changed one, in the order in which they are listed.
 * `package`: its version, namespace or architecture; path and layer change with every build.
 */
export const comparedMembers = [
  'id',
  'severity',
  'state',
  'fixedIn',
  'nearestFix',
  'fixAvailableIn',
  'exploited',
  'dueDate',
  'kind',
  'certainty',
  'package',
] as const;

export type ComparedMember = (typeof comparedMembers)[number];
