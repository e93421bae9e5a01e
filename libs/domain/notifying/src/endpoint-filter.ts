import {
  compareSeverity,
  repositoryOf,
  type AffectedImage,
  type AffectedPackage,
  type EndpointFilter,
  type Notification,
  type VulnerabilityView,
} from '@clarion/model';
import { matchesGlob } from './glob';
import { isExploitationChange, isStateChange } from './state-change';

/**
 * Whether an endpoint wants to be notified of one image of a notification. One package must satisfy all conditions of
 * the filter, in its current state; for `cleared`, in its previous state.
 */
export function acceptsImage(filter: EndpointFilter, image: AffectedImage, notification: Notification): boolean {
  if (filter.transitions?.includes(image.transition) === false) return false;
  if (filter.stateChanges !== true && isStateChange(image)) return false;
  if (isExploitationChange(image) && !acceptsExploitation(filter, notification)) return false;
  if (filter.knownExploitedOnly === true && !isExploited(notification.after ?? notification.before)) return false;
  if (!acceptsRepository(filter, image)) return false;
  const packages = image.after.length > 0 ? image.after : image.before;
  return packages.some((one) => acceptsPackage(filter, one));
}

/** An endpoint that only wants exploited vulnerabilities is also notified when one becomes known to be exploited. */
function acceptsExploitation(filter: EndpointFilter, { before, after }: Notification): boolean {
  if (filter.exploitationChanges === true) return true;
  return filter.knownExploitedOnly === true && isExploited(after) && !isExploited(before);
}

function isExploited(view: VulnerabilityView | null): boolean {
  return view !== null && view.knownExploited !== null;
}

function acceptsRepository({ repositories }: EndpointFilter, { references }: AffectedImage): boolean {
  if (repositories === undefined || repositories.length === 0) return true;
  return references.some((reference) => {
    const repository = repositoryOf(reference);
    return repositories.some((pattern) => matchesGlob(pattern, repository));
  });
}

function acceptsPackage({ minSeverity, namespaces, fixableOnly }: EndpointFilter, one: AffectedPackage): boolean {
  if (minSeverity !== undefined && compareSeverity(one.severity, minSeverity) > 0) return false;
  if (fixableOnly === true && one.fixedIn === null) return false;
  return namespaces === undefined || namespaces.length === 0 || namespaces.some((id) => matchesGlob(id, one.namespace));
}
