import type { Digest } from './digest';
import type { FindingEpss, FindingKnownExploited } from './report';
import type { PackageType } from './feature';
import type { AdvisoryState } from './advisory';
import type { SealedSecret } from './catalogue';
import type { Severity } from './severity';

/** What happened to an image: a vulnerability starts to affect it, stops affecting it, or changed for it. */
export const transitionKinds = ['affected', 'cleared', 'changed'] as const;
export type TransitionKind = (typeof transitionKinds)[number];

/** A finding of an image whose deadline is near, or has passed, although nothing else changed. */
export const deadlineKinds = ['due', 'overdue'] as const;
export type DeadlineKind = (typeof deadlineKinds)[number];

/** Everything that notifications are about. */
export const notificationKinds = [...transitionKinds, ...deadlineKinds] as const;
export type NotificationKind = (typeof notificationKinds)[number];

/** One package of an image with one vulnerability, as a notification shows it. */
export interface AffectedPackage {
  readonly name: string;
  readonly version: string;
  readonly namespace: string;
  readonly architecture: string | null;
  readonly state: AdvisoryState;
  readonly severity: Severity;
  readonly fixedIn: string | null;
  /** Of a package that is itself malicious; absent for a vulnerability. */
  readonly kind?: 'malicious';
  /** Type and package URL as in reports, of a package of a language. */
  readonly type?: PackageType;
  readonly purl?: string;
}

/** One image and how it changes. */
export interface AffectedImage {
  readonly image: Digest;
  /** The references that named it when this was found. */
  readonly references: readonly string[];
  /** Tags that had been moved to other images; absent when there were none. */
  readonly formerReferences?: readonly string[];
  readonly transition: NotificationKind;
  /** RFC 3339: the deadline, the earliest of its packages; only where that is what the notification is about. */
  readonly deadline?: string;
  /** Findings of this vulnerability before and after; one of them is empty for `affected` and `cleared`. */
  readonly before: readonly AffectedPackage[];
  readonly after: readonly AffectedPackage[];
}

/** The previous or current state of a vulnerability. */
export interface VulnerabilityView {
  readonly id: string;
  readonly aliases: readonly string[];
  /** The highest severity among the affected packages. */
  readonly severity: Severity;
  readonly description: string | null;
  readonly epss: FindingEpss | null;
  readonly knownExploited: FindingKnownExploited | null;
  readonly links: readonly string[];
  /** Packages and where they are fixed, over all affected images; at most 100. */
  readonly packages: readonly AffectedPackage[];
}

export const notificationStates = ['created', 'delivering', 'delivered', 'dead', 'acknowledged'] as const;
export type NotificationState = (typeof notificationStates)[number];

/** Why exploitation is unknown: the catalogue was never loaded, or is switched off. */
export const knownExploitedMissing = ['no-data', 'switched-off'] as const;
export type KnownExploitedMissing = (typeof knownExploitedMissing)[number];

/** Images by kind; those with a deadline only in notifications that are about one. */
export type NotificationCounts = Readonly<Record<TransitionKind, number>> &
  Partial<Readonly<Record<DeadlineKind, number>>>;

/** A changed vulnerability and the images it affects. The images are in separate pages, fixed when it was created. */
export interface Notification {
  /**
   * A UUID of version 8: time-ordered, computed from update and vulnerability, so that creating it twice yields the
   * same one.
   */
  readonly id: string;
  readonly update: string;
  readonly feed: string;
  readonly vulnerability: string;
  /** RFC 3339. */
  readonly createdAt: string;
  readonly state: NotificationState;
  readonly before: VulnerabilityView | null;
  readonly after: VulnerabilityView | null;
  /** Images by transition. */
  readonly counts: NotificationCounts;
  /** Namespaces of the affected packages, sorted. */
  readonly namespaces: readonly string[];
  /** Why `knownExploited` of both views is null in any case; absent where it is known. */
  readonly knownExploitedMissing?: KnownExploitedMissing;
  /** W3C Trace Context of the work that created it, where that is traced. */
  readonly traceparent?: string;
}

export const endpointModes = ['cloudevents', 'clair-v4', 'clair-v1'] as const;
export type EndpointMode = (typeof endpointModes)[number];

/** How a CloudEvent is sent: its attributes in the body, or in headers. */
export const contentModes = ['structured', 'binary'] as const;
export type ContentMode = (typeof contentModes)[number];

/**
 * Which notifications an endpoint receives, by the current state; for cleared ones by the previous state. Absent
 * members do not restrict.
 */
export interface EndpointFilter {
  readonly minSeverity?: Severity;
  /** Namespace ids; `*` at the end matches any release. */
  readonly namespaces?: readonly string[];
  /** Globs over the references of an image without tag and digest: `registry.example/team/*`. */
  readonly repositories?: readonly string[];
  readonly transitions?: readonly NotificationKind[];
  readonly fixableOnly?: boolean;
  readonly knownExploitedOnly?: boolean;
  /** Also changes of only the state (`affected` to `will_not_fix`), where the notifier reports them at all. */
  readonly stateChanges?: boolean;
  /**
   * Also changes of only the risk: the vulnerability becomes known to be exploited, or no longer is, or its EPSS score
   * crosses the threshold of the notifier. With `knownExploitedOnly`, becoming known is reported even without this.
   */
  readonly exploitationChanges?: boolean;
}

/** A webhook receiver. */
export interface NotificationEndpoint {
  readonly id: string;
  readonly url: string;
  readonly mode: EndpointMode;
  /** Content mode of CloudEvents; the default of the installation unless set. */
  readonly contentMode?: ContentMode;
  /**
   * The current Standard Webhooks secret first (`whsec_…` signs `v1`, `whsk_…` signs `v1a`); older ones also sign until
   * they expire.
   */
  readonly secrets: readonly { readonly secret: SealedSecret; readonly expiresAt?: string }[];
  /** Additional request headers, sealed JSON object. */
  readonly headers?: SealedSecret;
  readonly filter: EndpointFilter;
  /** Plain HTTP is allowed. */
  readonly allowInsecure: boolean;
  /** Send pages of images in the body instead of counts and a callback. */
  readonly fullBody: boolean;
  readonly createdAt: string;
  readonly disabled?: { readonly reason: string; readonly at: string };
}

export const deliveryStates = ['pending', 'delivered', 'dead'] as const;
export type DeliveryState = (typeof deliveryStates)[number];

/** One attempt to deliver. */
export interface DeliveryAttempt {
  /** RFC 3339. */
  readonly at: string;
  readonly status: number | null;
  readonly millis: number;
  /** `timeout`, `refused`, `status`, `egress-denied`, … ; null when delivered. */
  readonly error: string | null;
  /** First 1 KiB of the answer. */
  readonly answer: string;
}

/** The delivery of one notification to one endpoint. */
export interface NotificationDelivery {
  readonly notification: string;
  readonly endpoint: string;
  readonly state: DeliveryState;
  /** RFC 3339: when to try next; meaningful while pending. */
  readonly nextAttemptAt: string;
  /** Attempts since it was created or replayed. */
  readonly attempts: number;
  /** The last ten, newest last. */
  readonly log: readonly DeliveryAttempt[];
  /** RFC 3339. */
  readonly createdAt: string;
  /** Set while a notifier works on it: no other notifier takes it before this time. */
  readonly claimedUntil?: string;
}
