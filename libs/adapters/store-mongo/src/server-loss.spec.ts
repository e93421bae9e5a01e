import { ClarionError, type NotificationDelivery, type LayerIndex, type Store, type StoredImage } from '@clarion/model';
import { describeWithMongoServer, mongoServerKind, randomMoment, until } from '@clarion/test-kit';

import { openMongoStore } from './open-mongo-store';

const kills = 6;
/** Writes acknowledged before each kill. */
const atLeast = 8;

/** A digest for number `n`. */
const digest = (n: number): string => `sha256:${n.toString(16).padStart(64, '0')}`;

function image(n: number): StoredImage {
  const platform = { os: 'linux', architecture: 'amd64' };
  return {
    manifestDigest: digest(n),
    image: { reference: `example/app:${n}`, manifestDigest: digest(n), platform, layers: [] },
    layers: [digest(n)],
    usedAt: '2026-01-01T00:00:00Z',
  };
}

function layer(n: number): LayerIndex {
  const structure = {
    whiteouts: [],
    opaques: [],
    symlinks: [],
    hardlinks: [],
    files: [],
    obstacles: [],
    directories: [],
  };
  const facts = { features: [], namespaces: [], problems: [], files: ['var/lib/dpkg/status'] };
  const detections = [{ detector: 'dpkg', version: 1, ...facts }];
  return { diffId: digest(n), blobs: [digest(n + 1)], size: n, entries: 1, structure, detections, problems: [] };
}

/** What a store has acknowledged: checks that are true from then on. */
type Acknowledged = (store: Store) => Promise<unknown>;

/** One write of each kind, and a check that it is stored. */
const writes: readonly ((store: Store, n: number) => Promise<Acknowledged>)[] = [
  async (store, n) => {
    await store.putLayer(layer(n));
    return async (later) => {
      expect(await later.missing(digest(n), [{ id: 'dpkg', version: 1 }])).toEqual([]);
      expect(await later.diffIdOfBlob(digest(n + 1))).toBe(digest(n));
    };
  },
  async (store, n) => {
    await store.changeImage(digest(n), () => image(n));
    return async (later) => {
      expect(await later.image(digest(n))).toEqual(image(n));
    };
  },
  async (store, n) => {
    const writer = await store.writeFeed('feed');
    const key = { namespace: 'debian:12', package: `p${n}`, feed: 'feed', document: 'd' };
    const comparison = { nameKind: 'source', scheme: 'dpkg' } as const;
    const update = String(n).padStart(9, '0');
    const change = { ...key, update, silent: true, before: null, after: comparison } as const;
    await writer.put({ ...key, ...comparison, advisories: [] }, String(n));
    await writer.putChange(change);
    const counts = { groups: n, statements: 0, problems: 0, problemSamples: [] };
    const at = new Date(Date.UTC(2026, 0, 1) + n * 1000).toISOString();
    await writer.commit({ feed: 'feed', parserVersion: 1, documents: {}, ...counts }, { update, at });
    return async (later) => {
      expect(await later.advisories([['debian:12', `p${n}`]])).toHaveLength(1);
      expect(await later.revisionTimes([['feed', update]])).toEqual([{ feed: 'feed', update, at }]);
      const logged: unknown[] = [];
      for await (const one of later.packageChanges([['debian:12', `p${n}`]], new Map())) logged.push(one);
      expect(logged).toEqual([change]);
    };
  },
  async (store, n) => {
    const delivery: NotificationDelivery = {
      ...{ notification: `n${n}`, endpoint: 'e', state: 'pending', attempts: 0, log: [] },
      ...{ nextAttemptAt: '2026-01-01T00:00:00.000Z', createdAt: '2026-01-01T00:00:00.000Z' },
    };
    await store.addDeliveries([delivery]);
    return async (later) => {
      expect((await later.deliveries({ notification: `n${n}` }, { limit: 2 })).items).toEqual([delivery]);
    };
  },
];

/** Writes until the server is gone; returns the acknowledged writes. */
async function writeUntilLost(store: Store, first: number, acknowledged: Acknowledged[]): Promise<void> {
  for (let n = first; ; n += 1) {
    try {
      const write = writes[n % writes.length];
      if (write !== undefined) acknowledged.push(await write(store, n));
    } catch (error) {
      expect(error).toBeInstanceOf(ClarionError);
      // The interrupted writer may still own the feed.
      if (error instanceof ClarionError && error.code === 'invalid-input') continue;
      expect(error).toMatchObject({ code: 'upstream-unavailable', retryable: true });
      return;
    }
  }
}

// An external server must not be killed.
(mongoServerKind() === 'given' ? describe.skip : describe)('a server that is lost', () => {
  describeWithMongoServer('while the store writes', (server) => {
    let store: Store | undefined;
    afterEach(() => store?.close());

    it(`has kept all that was acknowledged, ${kills} times, and the store comes back by itself`, async () => {
      const opened = await openMongoStore({ uri: server().freshUri(), leaseMillis: 500, connectMillis: 1000 });
      store = opened;
      await store.putEndpoint({
        ...{ id: 'e', url: 'https://hooks.example', mode: 'cloudevents', secrets: [], filter: {} },
        ...{ allowInsecure: false, fullBody: false, createdAt: '2026-01-01T00:00:00.000Z' },
      });
      const all: Acknowledged[] = [];
      for (let round = 0; round < kills; round += 1) {
        const acknowledged: Acknowledged[] = [];
        const lost = writeUntilLost(store, 1000 * (round + 1), acknowledged);
        // Whether it succeeds or not; `await lost` reports a failure.
        let ended = false;
        void lost.catch(() => undefined).then(() => (ended = true));
        // Enough writes to lose, however slow the machine is.
        await until('enough is written', () => ended || acknowledged.length >= atLeast);
        await randomMoment(200);
        await server().kill();
        await lost;
        all.push(...acknowledged);
        expect(await store.ready()).toBe(false);
        await server().start();
        await until('the store comes back', () => opened.ready());
      }
      expect(all.length).toBeGreaterThanOrEqual(kills * atLeast);
      for (const check of all) await check(store);
      // A declared update is completed, and the feed can be written again.
      await until('the feed is free', async () => {
        const writer = await opened.writeFeed('feed').catch((error: unknown) => {
          expect(error).toMatchObject({ code: 'invalid-input' });
        });
        await writer?.abort();
        return writer !== undefined;
      });
    }, 300_000);
  });
});
