import { advisoryNamespaces } from '@clarion/distributions';
import { coversNamespace } from '@clarion/model';
import type { FeedInfo } from '../match-options';

/** The namespaces whose data covers the packages of this one: for Leap its own, not that of SUSE Linux Enterprise. */
export function coveringNamespaces(namespace: string): readonly string[] {
  return advisoryNamespaces(namespace).flatMap(({ id, layered, secondary }) =>
    layered === true || secondary === true ? [] : [id],
  );
}

/** Whether a feed covers, or should cover, the packages of a namespace. */
export function coversPackagesOf({ namespaces }: Pick<FeedInfo, 'namespaces'>, namespace: string): boolean {
  const own = advisoryNamespaces(namespace).filter(({ layered }) => layered !== true);
  return namespaces.some((pattern) => own.some(({ id }) => coversNamespace(pattern, id)));
}
