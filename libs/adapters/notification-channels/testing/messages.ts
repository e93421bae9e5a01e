import type {
  AffectedImage,
  NotificationEndpoint,
  Notification,
  VulnerabilityView,
  WebhookMessage,
} from '@clarion/model';
import { createSealer } from '@clarion/sealing';

export const sealer = createSealer('5f'.repeat(32));
export const secret = `whsec_${Buffer.alloc(32, 9).toString('base64')}`;
export const olderSecret = `whsec_${Buffer.alloc(32, 8).toString('base64')}`;
export const id = '0190163d-8694-8123-8456-0123456789ab';

const installed = { name: 'libssl3', version: '3.0', namespace: 'debian:12', architecture: 'amd64' };
const view: VulnerabilityView = {
  id: 'CVE-2024-0001',
  aliases: ['GHSA-aaaa-bbbb-cccc'],
  severity: 'High',
  description: 'a "flaw" – 50 %',
  epss: { score: 0.1, percentile: null, date: null },
  knownExploited: null,
  links: ['https://example.org/1'],
  packages: [{ ...installed, state: 'fixed', severity: 'High', fixedIn: '3.1' }],
};

export const notification: Notification = {
  id,
  update: '0190163d-8694-7000-8000-000000000001',
  feed: 'debian-security-tracker',
  vulnerability: 'CVE-2024-0001',
  createdAt: '2026-03-01T12:00:00.000Z',
  state: 'created',
  before: null,
  after: view,
  counts: { affected: 2, cleared: 0, changed: 0 },
  namespaces: ['debian:12'],
};

export function affectedImages(count: number): readonly AffectedImage[] {
  return Array.from({ length: count }, (_, at) => ({
    image: `sha256:${at.toString(16).padStart(64, '0')}`,
    references: [`registry.example/team/app:${at}`],
    transition: 'affected',
    before: [],
    after: view.packages,
  }));
}

export function messageOf(images: number, more: Partial<Notification> = {}): WebhookMessage {
  return {
    kind: 'notification',
    notification: { ...notification, ...more },
    images: (limit) => Promise.resolve(images > limit ? undefined : affectedImages(images)),
  };
}

export function endpointAt(url: string, more: Partial<NotificationEndpoint> = {}): NotificationEndpoint {
  return {
    id: 'e',
    url,
    mode: 'cloudevents',
    secrets: [{ secret: sealer.seal(secret) }],
    filter: {},
    allowInsecure: true,
    fullBody: false,
    createdAt: '2026-01-01T00:00:00.000Z',
    ...more,
  };
}
