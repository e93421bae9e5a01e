import type { ChangedFacts } from '@clarion/model';

/** What a change is about, as it is in the log: members that its kind does not have are absent. */
export interface ChangedName {
  readonly namespace?: string | undefined;
  readonly package?: string | undefined;
  readonly vulnerability?: string | undefined;
  readonly repository?: string | undefined;
}

/** `HistoryStore.changedFacts` of the changes of some updates. */
export function changedFacts(changes: readonly ChangedName[], scores: boolean): ChangedFacts {
  const packages: (readonly [namespace: string, name: string])[] = [];
  const namespaces: string[] = [];
  const vulnerabilities: string[] = [];
  const repositories: string[] = [];
  for (const { namespace, package: name, vulnerability, repository } of changes) {
    if (repository !== undefined) repositories.push(repository);
    else if (namespace === undefined || name === undefined) vulnerabilities.push(vulnerability ?? '');
    else {
      packages.push([namespace, name]);
      // A group that appeared, or is gone.
      if (vulnerability === undefined) namespaces.push(namespace);
    }
  }
  return { packages, namespaces: [...new Set(namespaces)], vulnerabilities, repositories, scores };
}
