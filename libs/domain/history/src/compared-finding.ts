import { type ComparedMember, comparedMembers, type Finding } from '@clarion/model';
import { type PackageView, packageView } from './package-view';

/** What a report says of a finding that a user acts on. */
export interface ComparedFinding extends Pick<
  Finding,
  'id' | 'aliases' | 'severity' | 'state' | 'fixedIn' | 'nearestFix' | 'fixAvailableIn' | 'kind' | 'certainty'
> {
  /** Whether a feed lists it as exploited. */
  readonly exploited: boolean;
  /** The date by which the catalogue of exploited vulnerabilities demands action; absent where it does not. */
  readonly dueDate?: string;
  readonly package: PackageView;
}

export function comparedFinding(finding: Finding): ComparedFinding {
  const { id, aliases, severity, state, fixedIn, nearestFix, fixAvailableIn, kind, certainty } = finding;
  const dueDate = dueDateOf(finding);
  return {
    ...{ id, aliases, severity, state, fixedIn },
    ...(nearestFix !== undefined && { nearestFix }),
    ...(fixAvailableIn !== undefined && { fixAvailableIn }),
    exploited: finding.knownExploited !== null,
    ...(dueDate !== undefined && { dueDate }),
    ...(kind !== undefined && { kind }),
    ...(certainty !== undefined && { certainty }),
    package: packageView(finding.package),
  };
}

/** The members in which two findings of one flaw differ. */
export function changedMembers(before: Finding, after: Finding): readonly ComparedMember[] {
  return comparedMembers.filter((member) => isChanged[member](before, after));
}

const differ =
  (valueOf: (finding: Finding) => unknown) =>
  (a: Finding, b: Finding): boolean =>
    valueOf(a) !== valueOf(b);

const isChanged: Readonly<Record<ComparedMember, (before: Finding, after: Finding) => boolean>> = {
  id: differ(({ id }) => id),
  severity: differ(({ severity }) => severity),
  state: differ(({ state }) => state),
  fixedIn: differ(({ fixedIn }) => fixedIn),
  nearestFix: differ(({ nearestFix }) => nearestFix),
  fixAvailableIn: differ(({ fixAvailableIn }) => fixAvailableIn),
  exploited: differ(({ knownExploited }) => knownExploited !== null),
  dueDate: differ(dueDateOf),
  kind: differ(({ kind }) => kind),
  certainty: differ(({ certainty }) => certainty),
  package: ({ package: a }, { package: b }) =>
    a.version !== b.version || a.namespace !== b.namespace || a.architecture !== b.architecture,
};

function dueDateOf({ knownExploited }: Finding): string | undefined {
  return knownExploited?.dueDate ?? undefined;
}
