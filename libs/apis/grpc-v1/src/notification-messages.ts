import type {
  AffectedImage,
  AffectedPackage,
  EventEnvelope,
  NotificationDelivery,
  EventOf,
  Notification,
  VulnerabilityView,
} from '@clarion/model';
import type { clarionV1 } from '@clarion/proto';
import { encodeNotificationState, encodeSeverity, encodeTransition } from './words';

export function encodeNotification(notification: Notification): clarionV1.Notification {
  const { id, update, feed, vulnerability, createdAt, state, before, after, counts, namespaces } = notification;
  return {
    id,
    update,
    feed,
    vulnerability,
    createdAt,
    state: encodeNotificationState(state),
    before: before === null ? undefined : encodeView(before),
    after: after === null ? undefined : encodeView(after),
    affected: counts.affected,
    cleared: counts.cleared,
    changed: counts.changed,
    due: counts.due ?? 0,
    overdue: counts.overdue ?? 0,
    namespaces: [...namespaces],
    knownExploitedMissing: notification.knownExploitedMissing,
  };
}

function encodeView(view: VulnerabilityView): clarionV1.VulnerabilityView {
  return {
    id: view.id,
    aliases: [...view.aliases],
    severity: encodeSeverity(view.severity),
    description: view.description ?? undefined,
    epss: view.epss?.score,
    knownExploited: view.knownExploited !== null,
    links: [...view.links],
    packages: view.packages.map(encodeAffected),
  };
}

function encodeAffected(affected: AffectedPackage): clarionV1.AffectedPackage {
  return {
    name: affected.name,
    version: affected.version,
    namespace: affected.namespace,
    architecture: affected.architecture ?? undefined,
    state: affected.state,
    severity: encodeSeverity(affected.severity),
    fixedIn: affected.fixedIn ?? undefined,
    kind: affected.kind,
    type: affected.type,
    purl: affected.purl,
  };
}

export function encodeAffectedImage(affected: AffectedImage): clarionV1.AffectedImage {
  const { image, references, formerReferences = [], transition, deadline, before, after } = affected;
  return {
    image,
    references: [...references],
    formerReferences: [...formerReferences],
    transition: encodeTransition(transition),
    before: before.map(encodeAffected),
    after: after.map(encodeAffected),
    deadline,
  };
}

export function encodeDelivery({ endpoint, state, attempts, nextAttemptAt }: NotificationDelivery): clarionV1.Delivery {
  return { endpoint, state, attempts, nextAttemptAt };
}

/** One image that a vulnerability starts or stops to affect, with its position in the event stream. */
export function encodeTransitionEvent(
  { position, at }: EventEnvelope,
  event: EventOf<'image.transition'>,
): clarionV1.WatchNotificationsResponse {
  return {
    position,
    at,
    notification: event.notification,
    transition: encodeTransition(event.transition),
    image: event.image,
    reference: event.reference ?? undefined,
    vulnerability: event.vulnerability,
    severity: encodeSeverity(event.severity),
  };
}
