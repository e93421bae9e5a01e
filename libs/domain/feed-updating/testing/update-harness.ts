import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createEgress, type Egress } from '@clarion/egress';
import { httpUpstream } from '@clarion/feed-upstreams';
import type { AdvisoryGroup, FeedSource, FeedState, AdvisoryChange, Store, Upstream } from '@clarion/model';
import { openEmbeddedStore } from '@clarion/store-embedded';
import { startFeedServer, type FeedServer, type FeedServerOptions } from '@clarion/test-kit';
import type { FeedEvent, FeedFinished } from '../src/events';
import { updateFeed, type UpdateDependencies } from '../src/update-feed';
import { takeAdvisoryChanges } from './recorded-changes';

/** The result of one update. */
export interface UpdateResult {
  readonly events: readonly FeedEvent[];
  readonly finished: FeedFinished;
  /** Recorded changes of advisories. */
  readonly changes: readonly AdvisoryChange[];
  /** Reported results of documents. */
  readonly documents: Readonly<Record<string, string>>;
}

/** A feed server and a store, new for each test, and updates from one into the other. */
export interface UpdateHarness {
  readonly directory: string;
  readonly store: Store;
  readonly server: FeedServer;
  /** Restarts the server without documents. */
  readonly serve: (options: FeedServerOptions) => Promise<void>;
  readonly upstream: () => Upstream;
  /** Runs one update, an hour after the previous one; its state must equal the stored state. */
  readonly update: (source: FeedSource, more?: Partial<UpdateDependencies>) => Promise<UpdateResult>;
  readonly stateOf: (source: FeedSource) => Promise<FeedState | undefined>;
  readonly stored: (namespace: string, name: string) => Promise<readonly AdvisoryGroup[]>;
  /** The first fixed version of each vulnerability of a package, or its state if there is none. */
  readonly fixedIn: (namespace: string, name: string) => Promise<Readonly<Record<string, string | undefined>>>;
}

const hour = 3_600_000;

/** Sets up the harness for the tests of the calling file. */
export function updateHarness(): UpdateHarness {
  let open: { directory: string; store: Store; server: FeedServer; egress: Egress };
  let clock: number;

  beforeEach(async () => {
    const directory = mkdtempSync(path.join(tmpdir(), 'clarion-updating-'));
    const egress = createEgress({ privateNetworks: true }, { limits: { retries: 0 } });
    open = {
      directory,
      store: await openEmbeddedStore({ directory, mentions: true }),
      server: await startFeedServer(),
      egress,
    };
    clock = Date.UTC(2026, 0, 1);
  });

  afterEach(async () => {
    await open.server.close();
    await open.egress.close();
    await open.store.close();
    rmSync(open.directory, { recursive: true, force: true });
  });

  const upstream = (): Upstream =>
    httpUpstream({ baseUrl: open.server.url, egress: open.egress, requestsPerSecond: 1000 });
  const stateOf = async (source: FeedSource): Promise<FeedState | undefined> =>
    (await open.store.feedStates()).find(({ feed }) => feed === source.id);
  const stored = (namespace: string, name: string): Promise<readonly AdvisoryGroup[]> =>
    open.store.advisories([[namespace, name]]);
  return {
    get directory() {
      return open.directory;
    },
    get store() {
      return open.store;
    },
    get server() {
      return open.server;
    },
    async serve(options) {
      await open.server.close();
      open.server = await startFeedServer(options);
    },
    upstream,
    async update(source, more = {}) {
      clock += hour;
      const now = (): Date => new Date(clock);
      const deps = { upstream: upstream(), store: open.store, now, ...more };
      const result = await resultOf(updateFeed(source, deps));
      expect(await stateOf(source)).toEqual(result.finished.state);
      return { ...result, changes: await takeAdvisoryChanges(open.store) };
    },
    stateOf,
    stored,
    async fixedIn(namespace, name) {
      const groups = await stored(namespace, name);
      return Object.fromEntries(
        groups.flatMap((group) => group.advisories.map(({ id, state, ranges }) => [id, ranges?.[0]?.fixed ?? state])),
      );
    },
  };
}

async function resultOf(update: AsyncIterable<FeedEvent>): Promise<Omit<UpdateResult, 'changes'>> {
  const events: FeedEvent[] = [];
  for await (const event of update) events.push(event);
  const finished = events.at(-1);
  if (finished?.kind !== 'finished') throw new Error('the last event is not "finished"');
  return {
    events,
    finished,
    documents: Object.fromEntries(
      events.flatMap((event) => (event.kind === 'document' ? [[event.document, event.result]] : [])),
    ),
  };
}
