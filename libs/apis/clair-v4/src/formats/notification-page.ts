import type { AffectedImage, AffectedPackage, Notification, Page, VulnerabilityView } from '@clarion/model';
import type { ClairDistribution, ClairPackage, ClairRepository, ClairSeverity } from './clair-report';
import { fixedVersion } from './clair-vulnerability';
import { linksWithCves } from './links-with-cves';
import { memberOf } from './namespace-members';
import { stableId } from './stable-id';

/** A vulnerability as notifications describe it. Severity and repository have both names that clients know. */
interface ClairSummary {
  readonly name: string;
  readonly description: string;
  readonly package: ClairPackage;
  readonly distribution?: ClairDistribution;
  readonly repo?: ClairRepository;
  readonly repository?: ClairRepository;
  readonly severity: ClairSeverity;
  readonly normalized_severity: ClairSeverity;
  readonly arch_op: 'equals';
  readonly fixed_in_version: string;
  readonly links: string;
}

interface ClairNotification {
  readonly id: string;
  readonly manifest: string;
  readonly reason: 'added' | 'removed';
  readonly vulnerability: ClairSummary;
}

export interface ClairNotificationPage {
  readonly page: { readonly size: number; readonly next?: string };
  readonly notifications: readonly ClairNotification[];
}

/** Images of a notification, one entry for each; those that only have a deadline are left out. */
export function notificationPage(
  notification: Notification,
  { items, next }: Page<AffectedImage>,
  size: number,
): ClairNotificationPage {
  return {
    page: { size, ...(next === undefined ? {} : { next }) },
    notifications: items.flatMap((image) => entryOf(notification, image) ?? []),
  };
}

function entryOf({ id, before, after }: Notification, image: AffectedImage): ClairNotification | undefined {
  const removed = image.transition === 'cleared';
  if (image.transition === 'due' || image.transition === 'overdue') return undefined;
  const view = removed ? before : after;
  const [affected] = removed ? image.before : image.after;
  if (view === null || affected === undefined) return undefined;
  // What changed is a new vulnerability for Clair's clients, which ignore all but added ones.
  const reason = removed ? 'removed' : 'added';
  return {
    id: uuidOf(stableId('notification', id, image.image, reason)),
    manifest: image.image,
    reason,
    vulnerability: summaryOf(view, affected),
  };
}

function summaryOf(
  { id, aliases, description, links }: VulnerabilityView,
  { name, version, namespace, architecture, severity, fixedIn }: AffectedPackage,
): ClairSummary {
  const member = memberOf(namespace);
  return {
    name: id,
    description: description ?? '',
    package: {
      ...{ id: stableId('affected', namespace, name, version), name, version, kind: 'binary' },
      ...{ normalized_version: '', cpe: '' },
      ...(architecture === null ? {} : { arch: architecture }),
    },
    ...('distribution' in member ? member : { repo: member.repository, repository: member.repository }),
    severity,
    normalized_severity: severity,
    arch_op: 'equals',
    fixed_in_version: fixedVersion(fixedIn),
    links: linksWithCves({ id, aliases, links }),
  };
}

/** Version 8: made from what it identifies. */
function uuidOf(hex: string): string {
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
