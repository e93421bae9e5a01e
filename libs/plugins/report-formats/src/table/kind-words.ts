import type { Finding } from '@clarion/model';

/** What RustSec calls its notices (https://github.com/rustsec/advisory-db#informational-advisories). */
const notices = ['unmaintained', 'unsound', 'notice'];

/** `malicious`, or what a notice is about (`unmaintained`); nothing for a vulnerability. */
export function kindWords({ kind, statements }: Pick<Finding, 'kind' | 'statements'>): readonly string[] {
  if (kind === undefined) return [];
  if (kind === 'malicious') return ['malicious'];
  const reasons = statements.flatMap(({ reason }) => reason?.split('; ') ?? []);
  return [notices.find((notice) => reasons.includes(notice)) ?? 'notice'];
}
