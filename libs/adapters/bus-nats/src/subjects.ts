import { createHash } from 'node:crypto';

import { ClarionError, deadlineKinds, type DomainEvent, type NotificationKind, type WorkKind } from '@clarion/model';

/** Names of streams, consumers and subjects of one installation. */
export interface BusNames {
  readonly streams: { readonly work: string; readonly events: string; readonly deadLetters: string };
  /** The subject of work for a caller (`Message.caller`), or for an unknown caller. */
  readonly workSubject: (kind: WorkKind, caller?: string) => string;
  /** All work, as a filter. */
  readonly allWork: string;
  readonly eventSubject: (event: DomainEvent) => string;
  /** Subjects of all events. */
  readonly allEvents: string;
  /** Subjects of the server's advisories about dropped work of one consumer, or of all (`*`). */
  readonly advisories: (consumer: string) => readonly string[];
}

/** Durable consumers of the work stream, and last tokens of its subjects. */
export const consumerOf = {
  'work.layer': 'layer',
  'work.feed': 'feed',
  'advisories.changed': 'advisories',
} as const satisfies Record<WorkKind, string>;

/**
 * Names below `<prefix>.<tenant>`. Both consist of lower-case letters, digits and `-`: names of streams and subjects
 * are case-sensitive, but some stream stores are not. Throws `invalid-input`.
 */
export function namesOf(prefix: string, tenant: string): BusNames {
  for (const [what, name] of [
    ['prefix', prefix],
    ['tenant', tenant],
  ] as const) {
    if (/^[a-z0-9][a-z0-9-]{0,62}$/.test(name)) continue;
    throw new ClarionError('invalid-input', `The ${what} of NATS subjects is not a name: ${JSON.stringify(name)}`, {
      remedy: 'use lower case letters, digits and -, at most 63',
    });
  }
  const stream = (name: string): string => `${prefix}_${tenant}_${name}`.toUpperCase().replaceAll('-', '_');
  const streams = { work: stream('work'), events: stream('events'), deadLetters: stream('dlq') };
  const advisory = '$JS.EVENT.ADVISORY.CONSUMER';
  return {
    streams,
    workSubject: (kind, caller) =>
      [prefix, tenant, 'work', consumerOf[kind], ...(caller === undefined ? [] : [laneOf(caller)])].join('.'),
    allWork: `${prefix}.${tenant}.work.>`,
    eventSubject: (event) => `${prefix}.${tenant}.v1.${topicOf(event)}`,
    allEvents: `${prefix}.${tenant}.v1.>`,
    advisories: (consumer) => [
      `${advisory}.MAX_DELIVERIES.${streams.work}.${consumer}`,
      `${advisory}.MSG_TERMINATED.${streams.work}.${consumer}`,
    ],
  };
}

/** Whether a subject is another one, or one below it. */
export function isBelow(subject: string, above: string): boolean {
  return `${subject}.`.startsWith(`${above}.`);
}

/** The consumer of a lane of layers. The one for unknown callers always exists. */
export function laneConsumer(lane: string): string {
  if (lane === '') return consumerOf['work.layer'];
  return `${consumerOf['work.layer']}-${/^[\w-]{1,32}$/.test(lane) ? lane : laneOf(lane)}`;
}

/** A caller as a token of a subject: short and without wildcards, whatever the caller's name is. */
export function laneOf(caller: string): string {
  return createHash('sha256').update(caller).digest('hex').slice(0, 16);
}

/** The part of a subject that describes the event: `image.affected.high`. */
function topicOf(event: DomainEvent): string {
  switch (event.kind) {
    case 'layer.indexed':
    case 'image.indexed':
      return event.kind;
    case 'image.failed':
      return 'scan.failed';
    case 'feed.updated':
      return `vulndb.updated.${asToken(event.feed)}`;
    case 'image.transition':
      return `${nounOf(event.transition)}.${event.transition}.${event.severity.toLowerCase()}`;
  }
}

/** What happens to an image is about it; that time passes is about the finding. */
function nounOf(kind: NotificationKind): string {
  return deadlineKinds.some((one) => one === kind) ? 'finding' : 'image';
}

/** The type of a CloudEvent: `dev.clarion.image.affected.v1`. Feeds and severities are not part of it. */
export function typeOf(event: DomainEvent): string {
  const [noun, verb] = topicOf(event).split('.');
  return `dev.clarion.${noun ?? ''}.${verb ?? ''}.v1`;
}

/** A token of a subject has no blanks, dots and wildcards; the event itself contains the original name. */
function asToken(name: string): string {
  return name.replace(/[^A-Za-z0-9_-]/g, '_').slice(0, 64) || '_';
}
