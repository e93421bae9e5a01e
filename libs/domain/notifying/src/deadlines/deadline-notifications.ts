import { factsAt, type HistoryReader } from '@clarion/history';
import type { MatchSubject } from '@clarion/matching';
import {
  type AffectedImage,
  type DeadlineKind,
  firstTimeOrderedId,
  type Finding,
  type Notification,
  type NotificationStore,
} from '@clarion/model';
import { findingsOf, type FindingOptions } from '@clarion/reporting';
import { notificationId } from '../notification-id';
import { packagesOf } from '../transitions';
import { createViewBuilder } from '../vulnerability-view';
import type { PassedDeadline } from './composition-deadlines';

/** Name of what causes these notifications, in the place of a feed. */
const cause = 'deadlines';
const imagesOfPage = 1000;

/** One flaw that became due, or overdue, for some images. */
interface FlawDeadline {
  readonly kind: DeadlineKind;
  readonly vulnerability: string;
  readonly findings: Finding[];
  readonly images: AffectedImage[];
}

export interface DeadlineNotificationsDeps {
  readonly store: HistoryReader & Pick<NotificationStore, 'putNotification' | 'notification'>;
  readonly options: FindingOptions;
  readonly now: () => Date;
}

/**
 * Gathers what passed in one window (`to` is its end), composition by composition, and stores it as one notification a
 * flaw and kind. The same compositions in the same order give the same notifications, which are stored once.
 */
export class DeadlineNotifications {
  private readonly flaws = new Map<string, FlawDeadline>();
  private first = '';
  /** Number of gathered images, one for each flaw. */
  size = 0;

  constructor(to: string, deps: DeadlineNotificationsDeps) {
    this.to = to;
    this.deps = deps;
  }
  private readonly to: string;
  private readonly deps: DeadlineNotificationsDeps;

  /** `composition` is the id of `subject`. */
  async add(composition: string, subject: MatchSubject, passed: readonly PassedDeadline[]): Promise<void> {
    if (passed.length === 0) return;
    if (this.size === 0) this.first = composition;
    const { store, options } = this.deps;
    const { facts } = await factsAt(store, this.to);
    const { findings } = await findingsOf(subject, facts, options);
    const byPackage = new Map<string, Finding[]>();
    for (const finding of findings) {
      const key = packageOf(finding);
      byPackage.set(key, [...(byPackage.get(key) ?? []), finding]);
    }
    const shared = new Map<string, Pick<AffectedImage, 'before' | 'after'>>();
    for (const together of byImageAndFlaw(passed)) await this.addImage(together, { byPackage, shared });
  }

  private async addImage(together: readonly PassedDeadline[], { byPackage, shared }: GatheredFindings): Promise<void> {
    const [one] = together;
    if (one === undefined) return;
    const { kind, image } = one;
    const vulnerability = one.finding.id;
    const found = together.flatMap(({ finding }) =>
      (byPackage.get(packageOf(finding)) ?? []).filter(({ id, aliases }) => [id, ...aliases].includes(vulnerability)),
    );
    const key = JSON.stringify([kind, vulnerability]);
    const flaw = this.flaws.get(key) ?? { kind, vulnerability, findings: [], images: [] };
    this.flaws.set(key, flaw);
    // Images of one composition nearly always have the same packages due.
    const packages = JSON.stringify([key, together.map(({ finding }) => packageOf(finding))]);
    const sides = shared.get(packages) ?? { before: [], after: await packagesOf(found) };
    if (!shared.has(packages)) flaw.findings.push(...found);
    shared.set(packages, sides);
    const { manifestDigest, references, formerReferences } = image;
    const former = formerReferences.length === 0 ? {} : { formerReferences };
    const deadline = together.map((passed) => passed.deadline).sort()[0] ?? one.deadline;
    flaw.images.push({ image: manifestDigest, references, ...former, transition: kind, deadline, ...sides });
    this.size += 1;
  }

  /** Stores what was gathered, and begins again. */
  async put(): Promise<readonly Notification[]> {
    const { store } = this.deps;
    const notifications: Notification[] = [];
    for (const flaw of this.flaws.values()) {
      const notification = await this.notificationOf(flaw);
      await store.putNotification(notification, pagesOf(flaw.images));
      notifications.push((await store.notification(notification.id)) ?? notification);
    }
    this.flaws.clear();
    this.size = 0;
    return notifications;
  }

  private async notificationOf({ kind, vulnerability, findings, images }: FlawDeadline): Promise<Notification> {
    const update = firstTimeOrderedId(new Date(this.to));
    const view = createViewBuilder();
    await view.add(findings);
    return {
      id: notificationId({ update, vulnerability: JSON.stringify([kind, vulnerability, this.first]) }),
      update,
      feed: cause,
      vulnerability,
      createdAt: this.deps.now().toISOString(),
      state: 'created',
      before: null,
      after: view.view(),
      counts: { affected: 0, cleared: 0, changed: 0, [kind]: images.length },
      namespaces: [...new Set(findings.map(({ package: of }) => of.namespace))].sort(),
    };
  }
}

interface GatheredFindings {
  readonly byPackage: ReadonlyMap<string, readonly Finding[]>;
  /** The packages of images, by what they are about: the same lists for all images that have the same. */
  readonly shared: Map<string, Pick<AffectedImage, 'before' | 'after'>>;
}

function packageOf({ package: of }: Pick<Finding, 'package'>): string {
  return JSON.stringify([of.namespace, of.name, of.version, of.type, of.architecture, of.path]);
}

function byImageAndFlaw(passed: readonly PassedDeadline[]): Iterable<readonly PassedDeadline[]> {
  const groups = new Map<string, PassedDeadline[]>();
  for (const one of passed) {
    const key = `${one.kind} ${one.image.manifestDigest} ${one.finding.id}`;
    const known = groups.get(key);
    if (known === undefined) groups.set(key, [one]);
    else known.push(one);
  }
  return groups.values();
}

async function* pagesOf(images: readonly AffectedImage[]): AsyncGenerator<readonly AffectedImage[], void, undefined> {
  for (let at = 0; at < images.length; at += imagesOfPage) {
    yield await Promise.resolve(images.slice(at, at + imagesOfPage));
  }
}
