import type { FeedState } from '@clarion/model';

/** The namespaces that a feed covers themselves, not only add-ons to them. */
export function namespacesWithData({ documents }: Pick<FeedState, 'documents'>): ReadonlySet<string> {
  return new Set(
    Object.values(documents).flatMap(({ namespaces, addOnsOnly = [] }) =>
      addOnsOnly.length === 0 ? namespaces : namespaces.filter((id) => !addOnsOnly.includes(id)),
    ),
  );
}
