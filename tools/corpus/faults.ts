import { existsSync, readFileSync } from 'node:fs';
import type { HostileImage } from './hostile-image';
import { crashed, memoryBudget, memoryBudgetOfFile, type Observation } from './observe';

/** Faults of a run; the columns of the table. */
export type Fault = 'crash' | 'hang' | 'memory' | 'silent' | 'missed';
export const faults: readonly Fault[] = ['crash', 'hang', 'memory', 'silent', 'missed'];

interface ReportedFacts {
  readonly findings: readonly { readonly id: string }[];
  readonly packages: readonly { readonly name: string; readonly path: string }[];
  readonly problems: readonly { readonly path: string | null }[];
  readonly coverage: { readonly complete: boolean };
}

/**
 * Faults of a scan whose JSON report should be in `file`. A clean report is silent unless the expectation is `any`; an
 * expected finding or package that is absent is missed. An error (exit code 1) is not a report, so it is never silent.
 */
export function faultsOfScan(
  run: Observation,
  file: string,
  { expect, about, vulnerability }: Pick<HostileImage, 'expect' | 'about'> & { readonly vulnerability: string },
): readonly Fault[] {
  const found: Fault[] = faultsOfRun(
    run,
    about === undefined || about.expected.problem === 'layer' ? memoryBudget : memoryBudgetOfFile,
  );
  const report = run.code !== null && run.code !== 1 && existsSync(file) ? readReport(file) : undefined;
  const hasFinding = report?.findings.some(({ id }) => id === vulnerability) === true;
  if (report?.coverage.complete === true && !hasFinding && expect !== 'any') found.push('silent');
  if (expect === 'found' && !hasFinding && !found.includes('silent')) found.push('missed');
  if (about !== undefined) found.push(...faultsAbout(about, report));
  return found;
}

function faultsAbout(
  { path, expected: { packages = [], problem } }: NonNullable<HostileImage['about']>,
  report: ReportedFacts | undefined,
): readonly Fault[] {
  const isAbout = (evidence: string | null): boolean => evidence === path || evidence?.startsWith(`${path}!/`) === true;
  const listed = report?.packages.filter((one) => isAbout(one.path)).map(({ name }) => name) ?? [];
  const isProblem = (evidence: string | null): boolean => (problem === 'layer' ? evidence === null : isAbout(evidence));
  const hasProblem = report?.problems.some((one) => isProblem(one.path)) === true;
  return [
    ...(packages.some((name) => !listed.includes(name)) ? (['missed'] as const) : []),
    ...(problem !== undefined && !hasProblem ? (['silent'] as const) : []),
  ];
}

/** Faults that any run of the command line can have. */
export function faultsOfRun(run: Observation, mebibytes = memoryBudget): Fault[] {
  return [
    ...(crashed(run) ? (['crash'] as const) : []),
    ...(run.hung ? (['hang'] as const) : []),
    ...(run.peakMebibytes > mebibytes ? (['memory'] as const) : []),
  ];
}

function readReport(file: string): ReportedFacts {
  return JSON.parse(readFileSync(file, 'utf8')) as ReportedFacts;
}
