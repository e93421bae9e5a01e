import type { Advisory, Severity } from '@clarion/model';

/**
 * Priorities of Canonical's security team (https://ubuntu.com/security/cves/about#priority); `untriaged` has no
 * severity.
 */
const severities: ReadonlyMap<string, Severity> = new Map([
  ['negligible', 'Negligible'],
  ['low', 'Low'],
  ['medium', 'Medium'],
  ['high', 'High'],
  ['critical', 'Critical'],
]);

/** The severity of a priority, with the priority itself; empty without a priority. */
export function severityOfPriority(priority: unknown): Pick<Advisory, 'severity' | 'vendorSeverity'> {
  const word = typeof priority === 'string' ? priority.trim().toLowerCase().slice(0, 40) : '';
  const severity = severities.get(word);
  if (word === '') return {};
  return { ...(severity === undefined ? {} : { severity }), vendorSeverity: word };
}
