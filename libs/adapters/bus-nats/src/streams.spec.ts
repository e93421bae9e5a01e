import type { Bus, DeadLetter, Log } from '@clarion/model';
import {
  canStartNatsServer,
  feedWork,
  feedUpdated,
  openWork,
  startSubscriberNow,
  startNatsServer,
  startRunner,
  until,
  type NatsServer,
} from '@clarion/test-kit';
import {
  AckPolicy,
  DiscardPolicy,
  jetstreamManager,
  type JetStreamManager,
  type StreamConfig,
} from '@nats-io/jetstream';
import { connect, nanos, type NatsConnection } from '@nats-io/transport-node';

import { openNatsBus } from './open-nats-bus';

const ignore = (): void => undefined;
const log: Log = { debug: ignore, info: ignore, warn: ignore, error: ignore };
const describeWithServer = canStartNatsServer() ? describe : describe.skip;

// Accepted messages are kept: a full work stream rejects new ones, and no work fails because of that.
describeWithServer('streams with limits', () => {
  let server: NatsServer;
  let connection: NatsConnection;
  let manager: JetStreamManager;
  let tests = 0;
  const opened: Bus[] = [];
  const stream = (name: string): string => `${server.prefix}_l${tests}_${name}`.toUpperCase().replaceAll('-', '_');
  const open = async (): Promise<Bus> => {
    const options = { natsUrl: [server.url], tenant: `l${tests}` };
    const behaviour = { prefix: server.prefix, maxDeliveries: 2, backoffMillis: [20], pullMillis: 1000 };
    const bus = await openNatsBus(options, { log, ...behaviour });
    opened.push(bus);
    return bus;
  };
  const limit = async (name: string, config: Partial<StreamConfig>): Promise<void> => {
    await manager.streams.update(stream(name), config);
  };
  beforeAll(async () => {
    server = await startNatsServer();
    connection = await connect({ servers: server.url.replace('nats://', ''), maxReconnectAttempts: -1 });
    manager = await jetstreamManager(connection);
  });
  afterAll(async () => {
    await connection.close();
    await server.stop();
  });
  beforeEach(() => {
    tests += 1;
  });
  afterEach(async () => {
    for (const bus of opened.splice(0)) await bus.close();
  });

  it('reject work that they have no room for, and keep what they have', async () => {
    const bus = await open();
    await limit('work', { max_msgs: 2 });
    await bus.publish([{ event: feedWork('nvd', 'a') }, { event: feedWork('nvd', 'b') }]);
    const refused = bus.publish([{ event: feedWork('nvd', 'c') }]);
    await expect(refused).rejects.toMatchObject({
      code: 'upstream-unavailable',
      retryable: true,
      remedy: expect.stringContaining('limits') as string,
    });
    const done: string[] = [];
    const runner = startRunner(bus, {
      // eslint-disable-next-line @typescript-eslint/require-await -- it yields nothing
      'work.feed': async function* ({ request }) {
        done.push(request);
      },
    });
    await until('both are done', async () => done.length === 2 && (await openWork(bus)) === 0);
    await bus.publish([{ event: feedWork('nvd', 'c') }]);
    await until('so is the third', async () => done.length === 3 && (await openWork(bus)) === 0);
    await runner.stop();
    expect(done.sort()).toEqual(['a', 'b', 'c']);
  });

  it('do not fail work when the stream has no room for its events', async () => {
    const bus = await open();
    const listener = await startSubscriberNow(bus);
    const { messages } = (await manager.streams.info(stream('events'))).state;
    await limit('events', { max_msgs: messages, discard: DiscardPolicy.New });
    let deliveries = 0;
    const dead: DeadLetter[] = [];
    const runner = startRunner(
      bus,
      {
        'work.feed': async function* ({ feed, request }) {
          deliveries += 1;
          yield* await Promise.resolve([feedUpdated(feed, request)]);
        },
      },
      {
        onDead: (letter) => {
          dead.push(letter);
          return Promise.resolve();
        },
      },
    );
    // Observed on the wire: there are more attempts than deliveries.
    let tries = 0;
    const watching = connection.subscribe(`${server.prefix}.l${tests}.v1.vulndb.updated.nvd`, {
      callback: () => {
        tries += 1;
      },
    });
    await bus.publish([{ event: feedWork('nvd', 'a') }]);
    await until('it was refused', () => tries > 3);
    watching.unsubscribe();
    await limit('events', { max_msgs: -1, discard: DiscardPolicy.Old });
    await until('it is received', () => listener.received().length > 0);
    await until('it is done', async () => (await openWork(bus)) === 0);
    await runner.stop();
    await listener.stop();
    expect([deliveries, dead]).toEqual([1, []]);
  });

  it('permanently reject an event that is too large', async () => {
    const bus = await open();
    await limit('work', { max_msg_size: 200 });
    const event = feedWork('nvd', 'a'.repeat(500));
    await expect(bus.publish([{ event }])).rejects.toMatchObject({ code: 'limit-exceeded', retryable: false });
  });

  it.each<[string, Partial<StreamConfig>, string]>([
    ['a limit of messages', { max_msgs: 10 }, '--discard=new'],
    ['a limit of bytes', { max_bytes: 1 << 20 }, '--discard=new'],
    ['an age', { max_age: nanos(3_600_000) }, '--max-age=0'],
    ['a limit for each subject', { max_msgs_per_subject: 10 }, '--max-msgs-per-subject=-1'],
  ])('of work are rejected when they drop messages: %s', async (_, config, option) => {
    await (await open()).close();
    await limit('work', { ...config, discard: DiscardPolicy.Old });
    await expect(open()).rejects.toMatchObject({
      code: 'invalid-input',
      message: expect.stringContaining('would drop work') as string,
      remedy: expect.stringContaining(`nats stream edit ${stream('work')} ${option}`) as string,
    });
  });

  it('of an earlier version get the missing subjects, and lose nothing', async () => {
    const layer = (n: number) =>
      ({ kind: 'work.layer', image: `sha256:${'a'.repeat(64)}`, submission: 's', layer: n }) as const;
    const before = await open();
    await before.publish([{ event: layer(0) }]);
    await before.close();
    const subject = `${server.prefix}.l${tests}.work`;
    await manager.consumers.delete(stream('work'), 'layer');
    await manager.consumers.add(stream('work'), {
      ...{ durable_name: 'layer', filter_subject: `${subject}.layer`, ack_policy: AckPolicy.Explicit, max_deliver: 2 },
    });
    await limit('work', { subjects: ['layer', 'feed', 'advisories'].map((kind) => `${subject}.${kind}`) });
    const bus = await open();
    await bus.publish([{ event: layer(1), caller: 'one' }]);
    expect(await bus.backlog('work.layer', 'one')).toEqual({ ofCaller: 1, inAll: 2 });
    const done: number[] = [];
    const runner = startRunner(bus, {
      // eslint-disable-next-line @typescript-eslint/require-await -- it yields nothing
      'work.layer': async function* (event) {
        done.push(event.layer);
      },
    });
    await until('both are done', async () => (await openWork(bus)) === 0);
    await runner.stop();
    expect(done.sort()).toEqual([0, 1]);
  });

  it('of work without a limit are changed to reject new messages', async () => {
    await (await open()).close();
    await limit('work', { discard: DiscardPolicy.Old });
    await open();
    expect((await manager.streams.info(stream('work'))).config.discard).toBe('new');
    await limit('work', { max_msgs: 10 });
    await open();
    expect((await manager.streams.info(stream('work'))).config).toMatchObject({ discard: 'new', max_msgs: 10 });
  });
});
