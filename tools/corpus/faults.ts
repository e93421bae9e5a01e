import { existsSync, readFileSync } from 'node:fs';
import type { Expectation } from './hostile-image';
import { crashed, memoryBudget, type Observation } from './observe';

/** Faults of a run; the columns of the table. */
export type Fault = 'crash' | 'hang' | 'memory' | 'silent' | 'missed';
export const faults: readonly Fault[] = ['crash', 'hang', 'memory', 'silent', 'missed'];

interface ReportedFacts {
  readonly findings: readonly { readonly id: string }[];
  readonly coverage: { readonly complete: boolean };
}

/**
 * Faults of a scan whose JSON report should be in `file`. A clean report is silent unless the expectation is `any`; an
 * expected finding that is absent is missed. An error (exit code 1) is not a report, so it is never silent.
 */
export function faultsOfScan(
  run: Observation,
  file: string,
  { expect, vulnerability }: { readonly expect: Expectation; readonly vulnerability: string },
): readonly Fault[] {
  const found: Fault[] = faultsOfRun(run);
  const report = run.code !== null && run.code !== 1 && existsSync(file) ? readReport(file) : undefined;
  const hasFinding = report?.findings.some(({ id }) => id === vulnerability) === true;
  if (report?.coverage.complete === true && !hasFinding && expect !== 'any') found.push('silent');
  if (expect === 'found' && !hasFinding && !found.includes('silent')) found.push('missed');
  return found;
}

/** Faults that any run of the command line can have. */
export function faultsOfRun(run: Observation): Fault[] {
  return [
    ...(crashed(run) ? (['crash'] as const) : []),
    ...(run.hung ? (['hang'] as const) : []),
    ...(run.peakMebibytes > memoryBudget ? (['memory'] as const) : []),
  ];
}

function readReport(file: string): ReportedFacts {
  return JSON.parse(readFileSync(file, 'utf8')) as ReportedFacts;
}
