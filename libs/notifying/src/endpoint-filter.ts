import {
  compareSeverity,
  repositoryOf,
  type AffectedImage,
  type AffectedPackage,
  type EndpointFilter,
  type Notification,
} from '@clarion/model';
import { matchesGlob } from './glob';
import { isStateChange } from './state-change';

/**
 * Whether an endpoint wants to hear of one image of a notification. All that the filter asks for must hold for one
 * package together; a changed one counts with what it was as well as with what it is.
 */
export function wantsImage(filter: EndpointFilter, image: AffectedImage, notification: Notification): boolean {
  if (filter.transitions?.includes(image.transition) === false) return false;
  if (filter.stateChanges !== true && isStateChange(image)) return false;
  if (filter.knownExploitedOnly === true && !isKnownExploited(notification)) return false;
  if (!wantsRepository(filter, image)) return false;
  return [...image.after, ...image.before].some((one) => wantsPackage(filter, one));
}

function isKnownExploited({ before, after }: Notification): boolean {
  return [before, after].some((view) => view !== null && view.knownExploited !== null);
}

function wantsRepository({ repositories }: EndpointFilter, { references }: AffectedImage): boolean {
  if (repositories === undefined || repositories.length === 0) return true;
  return references.some((reference) => {
    const repository = repositoryOf(reference);
    return repositories.some((pattern) => matchesGlob(pattern, repository));
  });
}

function wantsPackage({ minSeverity, namespaces, fixableOnly }: EndpointFilter, one: AffectedPackage): boolean {
  if (minSeverity !== undefined && compareSeverity(one.severity, minSeverity) > 0) return false;
  if (fixableOnly === true && one.fixedIn === null) return false;
  return namespaces === undefined || namespaces.length === 0 || namespaces.some((id) => matchesGlob(id, one.namespace));
}
