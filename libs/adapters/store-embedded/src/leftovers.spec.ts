import path from 'node:path';

import type { AffectedImage, ImageComposition, Notification, StoredImage } from '@clarion/model';
import { open } from 'lmdb';

import { pendingKey } from './logged-change';
import { openEmbeddedStore } from './open-embedded-store';
import { storeOfEachTest } from '../testing/each-test';

// The port does not show whether unreachable rows are left behind: these specs read the file.

const here = storeOfEachTest();

/** How many records of each kind there are, but for the format. */
async function kinds(): Promise<Readonly<Record<string, number>>> {
  const file = open({ path: path.join(here.directory, 'facts.mdb'), noSubdir: true, readOnly: true });
  const counts = new Map<string, number>();
  for (const key of file.getKeys()) {
    const [kind = ''] = String(key).split('\t');
    if (kind !== 'meta') counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  await file.close();
  return Object.fromEntries(counts);
}

const digest = (n: number) => `sha256:${String(n).repeat(64)}`;
const time = '2024-03-01T10:00:00.000Z';

const image: StoredImage = {
  manifestDigest: digest(1),
  image: { reference: 'r/a:1', platform: { os: 'linux', architecture: 'amd64' }, layers: [] },
  layers: [digest(2), digest(3)],
  usedAt: time,
  submission: { id: 's', state: 'queued', origin: { kind: 'upload' }, submittedAt: time },
  references: ['r/a:1', 'r/b:1', 'r/b:2'],
  composition: '0c',
};
const composition: ImageComposition = { id: '0c', namespaces: [], channels: [], evidence: [] };
const counts = { Critical: 1, High: 2, Medium: 0, Low: 0, Negligible: 0, Unknown: 0 };
const feature = { type: 'dpkg', name: 'libssl3', version: '1', path: 'p', namespace: null, layer: digest(2) } as const;
const affected: AffectedImage = { image: digest(1), references: [], transition: 'affected', before: [], after: [] };

function notification(id: string): Notification {
  const about = { update: 'u', feed: 'f', vulnerability: 'v', createdAt: time, before: null, after: null };
  return { id, ...about, state: 'created', counts: { affected: 1, cleared: 0, changed: 0 }, namespaces: [] };
}

/** Large enough for one transaction each, and the number of its records. */
const [pageSize, recordsOfPage] = [5000, 20];

async function* pages(count: number): AsyncGenerator<readonly AffectedImage[]> {
  const page = Array.from({ length: pageSize }, () => affected);
  for (let number = 0; number < count; number += 1) yield await Promise.resolve(page);
}

describe('images and compositions', () => {
  it('leave nothing behind', async () => {
    await here.store.putComposition(composition, [{ ...feature, source: { name: 'openssl', version: '1' } }]);
    await here.store.putCounts('0c', counts);
    await here.store.changeImage(image.manifestDigest, () => image);
    const rows = { 'image-state': 1, 'image-repository': 2, 'image-composition': 1, 'image-layer': 2 };
    const ofComposition = { composition: 1, 'composition-features': 1, 'composition-used': 1, counts: 1, severity: 2 };
    expect(await kinds()).toEqual({ image: 1, ...rows, ...ofComposition, holder: 2 });
    await here.store.forgetImage(image.manifestDigest);
    await here.store.prune({ before: '9000-01-01T00:00:00Z', keepFeeds: [] });
    expect(await kinds()).toEqual({});
  });

  it.each(['', 'sha256:x', '__proto__', 'a\tb', 'x'.repeat(10_000)])(
    'are rejected without a digest: %p',
    async (text) => {
      const refused = { name: 'ClarionError', code: 'invalid-input' };
      await expect(here.store.changeImage(text, () => undefined)).rejects.toMatchObject(refused);
    },
  );

  it.each(['', 'a\tb', '#x', 'x'.repeat(10_000)])('are rejected without an id: %p', async (id) => {
    const refused = { name: 'ClarionError', code: 'invalid-input' };
    await expect(here.store.putComposition({ ...composition, id }, [])).rejects.toMatchObject(refused);
  });
});

describe('notifications', () => {
  /** Begins to put one and stops after two pages, like a killed process. */
  async function abandon(id: string): Promise<void> {
    await new Promise<void>((reached) => {
      const stuck = async function* (): AsyncGenerator<readonly AffectedImage[]> {
        yield* pages(2);
        reached();
        await new Promise(() => undefined);
      };
      void here.store.putNotification(notification(id), stuck());
    });
  }

  it('remove what an attempt that failed has written', async () => {
    const failing = async function* (): AsyncGenerator<readonly AffectedImage[]> {
      yield* pages(3);
      throw new Error('on purpose');
    };
    await expect(here.store.putNotification(notification('n'), failing())).rejects.toThrow('on purpose');
    expect(await kinds()).toEqual({});
  });

  it('remove the remains of abandoned attempts', async () => {
    await abandon('n');
    await abandon('n');
    expect(await kinds()).toEqual({ affected: 4 * recordsOfPage });
    await here.store.putNotification(notification('n'), pages(1));
    expect(await kinds()).toEqual({ affected: recordsOfPage, notification: 1, 'notification-state': 1 });
  });

  it('are removed with unfinished attempts and with their deliveries', async () => {
    await abandon('n1');
    await here.store.putNotification(notification('n2'), pages(3));
    const endpoint = { id: 'e', url: 'u', mode: 'cloudevents', secrets: [], filter: {}, createdAt: time } as const;
    await here.store.putEndpoint({ ...endpoint, allowInsecure: false, fullBody: false });
    const delivery = { endpoint: 'e', state: 'pending', nextAttemptAt: time, createdAt: time, attempts: 0, log: [] };
    await here.store.addDeliveries([{ ...delivery, state: 'pending', notification: 'n2' }]);
    expect(await kinds()).toMatchObject({ affected: 5 * recordsOfPage, delivery: 1, 'delivery-of': 1, due: 1 });
    await here.store.forgetNotifications('n3');
    expect(await kinds()).toEqual({ endpoint: 1 });
  });
});

describe('the log of changes', () => {
  const update = (n: number) => `0190163d-8694-739b-aea5-${String(n).padStart(12, '0')}`;
  const group = { namespace: 'debian:12', package: 'openssl', document: 'main' };
  const comparison = { nameKind: 'source', scheme: 'dpkg' } as const;
  const score = (id: string, value: number) => ({ feed: 'f', id, epss: { score: value } });

  /** A change of each kind, the first one to publish. */
  async function commit(n: number): Promise<void> {
    const writer = await here.store.writeFeed('f');
    const changed = { update: update(n), feed: 'f' };
    const advisory = { id: 'CVE-1', state: 'affected' } as const;
    await writer.putChange({
      ...changed,
      ...group,
      ...comparison,
      vulnerability: 'CVE-1',
      before: [],
      after: [advisory],
    });
    await writer.putChange({ ...changed, ...group, silent: true, before: null, after: comparison });
    await writer.putChange({ ...changed, repository: 'r', silent: true, before: null, after: ['c'] });
    const text = { vulnerability: 'CVE-2', before: null, after: { feed: 'f', id: 'CVE-2' }, silent: true } as const;
    await writer.putChange({ ...changed, ...text });
    for (let bucket = 0; bucket < 600; bucket += 1) {
      const id = `CVE-2024-${1000 + bucket * 100}`;
      await writer.putChange({
        ...changed,
        vulnerability: id,
        silent: true,
        before: score(id, 0.1),
        after: score(id, 0.2),
      });
    }
    const counts = { groups: 0, statements: 0, problems: 0, problemSamples: [] };
    const state = { feed: 'f', parserVersion: 1, documents: {}, ...counts };
    await writer.commit(state, { update: update(n), at: time, ...(n === 1 ? { first: true } : {}) });
  }

  const [pendingKind] = pendingKey({ update: update(1), vulnerability: 'CVE-1' }).split('\t');
  const rows = { change: 2, 'group-change': 1, 'repository-change': 1, 'changed-score': 600, 'changed-scores': 2 };
  const indexes = { 'changed-package': 2, 'changed-vulnerability': 1, 'changed-text': 1, 'changed-namespace': 1 };

  it('leaves nothing behind when it is forgotten', async () => {
    await commit(1);
    const all = { ...rows, ...indexes, 'changed-repository': 1, [pendingKind ?? '']: 1 };
    const ofFeed = { feed: 1, 'newest-change': 1, revision: 1 };
    expect(await kinds()).toEqual({ ...all, ...ofFeed, horizon: 1 });
    await commit(2);
    await here.store.markPublished(await here.store.pendingChanges(10));
    await here.store.forgetChanges(update(3));
    expect(await kinds()).toEqual(ofFeed);
    expect((await here.store.historySize()).changes).toBe(0);
  });

  it('leaves nothing behind when its feed is removed', async () => {
    await commit(1);
    await here.store.markPublished(await here.store.pendingChanges(10));
    await here.store.prune({ before: time, keepFeeds: [] });
    // That it was removed is all that is known of it.
    expect(await kinds()).toEqual({ 'removed-feed': 1 });
    expect(await here.store.historySize()).toEqual({ changes: 0, bytes: 0 });
  });
});

describe('readiness', () => {
  it('is false for a store that is not writable', async () => {
    expect(await here.store.ready()).toBe(true);
    const reader = await openEmbeddedStore({ directory: here.directory, readOnly: true });
    expect(await reader.ready()).toBe(false);
    await reader.close();
    const full = await openEmbeddedStore({ directory: here.directory, mapSizeLimit: 1 });
    expect(await full.ready()).toBe(false);
    await full.close();
  });
});
