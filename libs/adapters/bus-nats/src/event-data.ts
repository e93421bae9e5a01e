import {
  type Digest,
  type DomainEvent,
  readJson,
  severities,
  notificationKinds,
  type WorkItem,
  type WorkKind,
} from '@clarion/model';
import { z } from 'zod';

const name = z.string().min(1).max(1024);
const digest = z.custom<Digest>(
  (value) => typeof value === 'string' && /^[a-z0-9]{1,16}:[0-9a-f]{32,128}$/.test(value),
);

const work = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('work.layer'), image: digest, submission: name, layer: z.int().min(0).max(10_000) }),
  z.object({ kind: z.literal('work.feed'), feed: name, request: name, force: z.boolean().optional() }),
  z.object({
    kind: z.literal('advisories.changed'),
    update: name,
    vulnerability: name,
    replay: name.optional(),
  }),
]);

const domainEvent = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('layer.indexed'), image: digest, layer: digest, read: z.boolean() }),
  z.object({ kind: z.literal('image.indexed'), image: digest, submission: name }),
  z.object({
    kind: z.literal('image.failed'),
    image: digest,
    submission: name,
    code: z.string(),
    message: z.string(),
  }),
  z.object({
    kind: z.literal('feed.updated'),
    feed: name,
    request: name,
    result: z.enum(['unchanged', 'changed', 'held', 'failed']),
  }),
  z.object({
    kind: z.literal('image.transition'),
    transition: z.enum(notificationKinds),
    notification: name,
    image: digest,
    vulnerability: name,
    severity: z.enum(severities),
    reference: z.string().nullable(),
  }),
]);

/** Work of the given kind; undefined for anything else, because any client with publish rights can publish anything. */
export function parseWork(data: Uint8Array, kind: WorkKind): WorkItem | undefined {
  const parsed = work.safeParse(valueOf(data));
  return parsed.success && parsed.data.kind === kind ? (parsed.data as WorkItem) : undefined;
}

/** An event as it was published; undefined for invalid data and for events of a newer release. */
export function parseDomainEvent(data: Uint8Array): DomainEvent | undefined {
  const parsed = domainEvent.safeParse(valueOf(data));
  return parsed.success ? (parsed.data as DomainEvent) : undefined;
}

function valueOf(data: Uint8Array): unknown {
  try {
    return readJson(new TextDecoder('utf-8', { fatal: true }).decode(data))?.value;
  } catch {
    return undefined;
  }
}
