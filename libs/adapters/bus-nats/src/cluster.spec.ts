import { ClarionError, type Bus, type Log } from '@clarion/model';
import {
  canStartNatsCluster,
  feedWork,
  feedUpdated,
  openWork,
  outage,
  slowly,
  startSubscriberNow,
  startNatsCluster,
  startRunner,
  until,
  type ClusteredServer,
  type NatsCluster,
} from '@clarion/test-kit';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';

import { openNatsBus } from './open-nats-bus';

// A cluster of three with three replicas, whose servers pause, resume and die while work is published and processed.
// CLARION_CHAOS_CLUSTER=FAULTS,SEED makes it longer (npm run chaos -- cluster).

const [faultCount = 0, seed = 1] = (process.env['CLARION_CHAOS_CLUSTER'] ?? '').split(',').filter(Boolean).map(Number);

const ignore = (): void => undefined;
const log: Log = { debug: ignore, info: ignore, warn: ignore, error: ignore };
const describeWithCluster = canStartNatsCluster() ? describe : describe.skip;

/** What happens to the given servers, and for how many milliseconds. */
type Harm = 'stops' | 'dies';
interface Fault {
  readonly who: 'leader' | 'follower' | 'followers' | 'leader and follower' | 'all';
  readonly harm: Harm;
  readonly millis: number;
}

/**
 * Followers that pause for longer than an attempt leave a publish uncommitted, whose second attempt is a duplicate in
 * process (10158); with two servers gone there is no quorum.
 */
const short: readonly Fault[] = [
  { who: 'followers', harm: 'stops', millis: 4500 },
  { who: 'leader', harm: 'stops', millis: 3400 },
  { who: 'follower', harm: 'stops', millis: 1000 },
  { who: 'leader', harm: 'dies', millis: 500 },
  { who: 'leader and follower', harm: 'dies', millis: 2000 },
  { who: 'all', harm: 'dies', millis: 200 },
];

function longFaults(): readonly Fault[] {
  const kinds = ['leader', 'follower', 'followers', 'leader and follower', 'all'] as const;
  let state = seed;
  const random = (): number => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
  return Array.from({ length: faultCount }, () => ({
    who: kinds[Math.floor(random() * kinds.length)] ?? 'leader',
    harm: random() < 0.6 ? 'stops' : 'dies',
    millis: 200 + Math.floor(random() * 5000),
  }));
}

describeWithCluster('a cluster of three servers (needs nats-server)', () => {
  let cluster: NatsCluster;
  let connection: NatsConnection;
  const opened: Bus[] = [];

  const open = async (): Promise<Bus> => {
    const options = { natsUrl: cluster.urls, tenant: 'c', natsReplicas: 3 };
    const behaviour = { prefix: cluster.prefix, ackWaitMillis: 5000, pullMillis: 1000, backoffMillis: [200] };
    const bus = await openNatsBus(options, { log, ...behaviour });
    opened.push(bus);
    return bus;
  };

  beforeAll(async () => {
    cluster = await startNatsCluster();
    const servers = cluster.urls.map((url) => url.replace('nats://', ''));
    connection = await connect({ servers, maxReconnectAttempts: -1, reconnectTimeWait: 200 });
  });
  afterAll(async () => {
    for (const bus of opened) await bus.close();
    await connection.close();
    await cluster.stop();
  });

  it('adds the replicas that a stream of before lacks, and keeps more of them', async () => {
    const manager = await jetstreamManager(connection, { checkAPI: false });
    const name = (what: string): string => `${cluster.prefix}_grown_${what}`.toUpperCase().replaceAll('-', '_');
    const replicasOf = async (what: string): Promise<number> =>
      (await manager.streams.info(name(what))).config.num_replicas;
    const openWith = async (natsReplicas: number): Promise<Bus> => {
      const behaviour = { prefix: cluster.prefix, pullMillis: 1000 };
      return openNatsBus({ natsUrl: cluster.urls, tenant: 'grown', natsReplicas }, { log, ...behaviour });
    };
    const one = await openWith(1);
    await one.publish([{ event: feedWork('nvd', 'before') }]);
    expect(await Promise.all(['work', 'events', 'dlq'].map(replicasOf))).toEqual([1, 1, 1]);
    await one.close();
    for (const replicas of [3, 1]) {
      const bus = await openWith(replicas);
      expect(await Promise.all(['work', 'events', 'dlq'].map(replicasOf))).toEqual([3, 3, 3]);
      expect(await openWork(bus)).toBe(1);
      await bus.close();
    }
  });

  async function leaderOfWork(): Promise<string> {
    const manager = await jetstreamManager(connection, { checkAPI: false });
    const name = `${cluster.prefix}_c_work`.toUpperCase().replaceAll('-', '_');
    let leader: string | undefined;
    await until('there is a leader', async () => {
      leader = await manager.streams.info(name).then(
        (info) => info.cluster?.leader,
        () => undefined,
      );
      return leader !== undefined && leader !== '';
    });
    return leader ?? '';
  }

  async function victimsOf({ who }: Fault): Promise<readonly ClusteredServer[]> {
    const leading = await leaderOfWork();
    const leader = cluster.servers.filter(({ name }) => name === leading);
    const followers = cluster.servers.filter(({ name }) => name !== leading);
    switch (who) {
      case 'leader':
        return leader;
      case 'follower':
        return followers.slice(0, 1);
      case 'followers':
        return followers;
      case 'leader and follower':
        return [...leader, ...followers.slice(0, 1)];
      case 'all':
        return cluster.servers;
    }
  }

  async function inflict(fault: Fault): Promise<void> {
    const victims = await victimsOf(fault);
    if (fault.harm === 'stops') for (const victim of victims) victim.pause();
    else await Promise.all(victims.map((victim) => victim.kill()));
    await outage(fault.millis);
    if (fault.harm === 'stops') for (const victim of victims) victim.resume();
    else await Promise.all(victims.map((victim) => victim.start()));
  }

  it('loses no accepted message, fails no work and reports each event under one id', async () => {
    const [publisher, worker] = [await open(), await open()];
    const listener = await startSubscriberNow(publisher);
    const handled = new Map<string, number>();
    const runner = startRunner(worker, {
      'work.feed': async function* ({ feed, request }) {
        handled.set(request, (handled.get(request) ?? 0) + 1);
        yield* await Promise.resolve([feedUpdated(feed, request)]);
      },
    });
    const accepted: string[] = [];
    const refused: unknown[] = [];
    let over = false;
    const publish = async (lane: number): Promise<void> => {
      for (let number = 0; !over; number += 1) {
        const event = feedWork('nvd', `${lane}-${number}`);
        // Like a client of the API: retries after 503; any other response is final.
        for (let isStored = false; !isStored;) {
          isStored = await publisher.publish([{ event }]).then(
            () => true,
            (error: unknown) => {
              const passes = error instanceof ClarionError && error.code === 'upstream-unavailable';
              if (!passes) refused.push(error);
              return !passes;
            },
          );
        }
        accepted.push(event.request);
        await slowly(20);
      }
    };
    const publishing = Promise.all([0, 1, 2, 3].map((lane) => publish(lane)));
    const faults = faultCount > 0 ? longFaults() : short;
    for (const fault of faults) {
      const before = accepted.length;
      await inflict(fault);
      // It recovers after each fault.
      await until(`it takes work after the ${fault.who} ${fault.harm}`, () => accepted.length > before + 4);
    }
    over = true;
    await publishing;
    await until(
      'all of it is done',
      async () => accepted.every((one) => handled.has(one)) && (await openWork(publisher)) === 0,
    );
    const receivedIds = (): Set<string> => new Set(listener.received().map(({ id }) => id));
    await until('all of it is received', () => receivedIds().size >= accepted.length);
    await runner.stop();
    await listener.stop();
    const again = [...handled.values()].reduce((sum, count) => sum + count - 1, 0);
    process.stderr.write(
      `cluster, seed ${seed}: ${faults.length} faults; ${accepted.length} accepted, ${refused.length} falsely refused, ` +
        `${handled.size} done (${again} once more), ${receivedIds().size} received (${listener.received().length - receivedIds().size} again under the same id), ` +
        `${runner.dead.length} dead letters\n`,
    );
    expect([refused, runner.dead]).toEqual([[], []]);
    expect([...receivedIds()].sort()).toEqual(accepted.map((request) => `feed.updated nvd ${request}`).sort());
    expect([...handled.keys()].sort()).toEqual([...accepted].sort());
  }, 3_600_000);
});
