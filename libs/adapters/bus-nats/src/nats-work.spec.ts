import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import type { Bus, DeadLetter, Log } from '@clarion/model';
import {
  canStartNatsServer,
  feedWork,
  openWork,
  startSubscriberNow,
  startNatsServer,
  startRunner,
  until,
  type NatsServer,
} from '@clarion/test-kit';
import { jetstreamManager, RetentionPolicy } from '@nats-io/jetstream';
import { connect, nanos, type NatsConnection } from '@nats-io/transport-node';
import { HTTP } from 'cloudevents';

import { openNatsBus } from './open-nats-bus';
import { buildDyingWorker } from '../testing/build-dying-worker';

const logged: { message: string; fields: unknown }[] = [];
const note = (message: string, fields: unknown): void => void logged.push({ message, fields });
const log: Log = { debug: note, info: note, warn: note, error: note };
const image = `sha256:${'a'.repeat(64)}` as const;

const describeWithServer = canStartNatsServer() ? describe : describe.skip;

// Specific to this bus; what is true for every bus is in the contract suite.
describeWithServer('work and events over NATS', () => {
  let server: NatsServer;
  let connection: NatsConnection;
  let tests = 0;
  let options: { natsUrl: readonly string[]; tenant: string };
  let behaviour: { prefix: string; maxDeliveries: number; ackWaitMillis: number; pullMillis: number };
  beforeAll(async () => {
    server = await startNatsServer();
    connection = await connect({ servers: server.url.replace('nats://', ''), maxReconnectAttempts: -1 });
  });
  afterAll(async () => {
    await connection.close();
    await server.stop();
  });
  beforeEach(() => {
    tests += 1;
    options = { natsUrl: [server.url], tenant: `w${tests}` };
    behaviour = { prefix: server.prefix, maxDeliveries: 2, ackWaitMillis: 1000, pullMillis: 1000 };
  });
  const opened: Bus[] = [];
  const open = async (): Promise<Bus> => {
    const bus = await openNatsBus(options, { ...behaviour, log, backoffMillis: [20] });
    opened.push(bus);
    return bus;
  };
  afterEach(async () => {
    for (const bus of opened.splice(0)) await bus.close();
  });

  it('records a dead letter for work that kills every process that receives it', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'clarion-worker-'));
    const script = buildDyingWorker(folder);
    const bus = await open();
    const listener = await startSubscriberNow(bus);
    const event = feedWork('poison', 'r');
    await bus.publish([{ event }]);
    const env = { BUS: JSON.stringify({ options, behaviour }) };
    for (let delivery = 1; delivery <= behaviour.maxDeliveries; delivery += 1) {
      const child = spawn(process.execPath, [script], { env, stdio: 'inherit' });
      expect(
        await new Promise((resolve) =>
          child.once('exit', (_, signal) => {
            resolve(signal);
          }),
        ),
      ).toBe('SIGKILL');
    }
    const handled: string[] = [];
    const letters: DeadLetter[] = [];
    const runner = startRunner(
      bus,
      {
        // eslint-disable-next-line @typescript-eslint/require-await -- it yields nothing
        'work.feed': async function* ({ feed }) {
          handled.push(feed);
        },
      },
      {
        onDead: (letter) => {
          letters.push(letter);
          return letters.length === 1 ? Promise.reject(new Error('the store is away')) : Promise.resolve();
        },
      },
    );
    await until('it is dead', () => letters.length >= 2);
    await bus.publish([{ event: feedWork('good') }]);
    await until('the rest is done', async () => handled.length > 0 && (await openWork(bus)) === 0);
    await runner.stop();
    await listener.stop();
    const { at: _, ...letter } = letters[1]!;
    expect(letter).toMatchObject({ id: 'work.feed poison r', event, deliveries: 2, code: 'process' });
    expect([letters.length, handled]).toEqual([2, ['good']]);
    // The event that it yielded before it died is published exactly once.
    expect(listener.received().map(({ id }) => id)).toEqual(['feed.updated poison r', 'feed.updated after r']);
    const manager = await jetstreamManager(connection);
    const { state } = await manager.streams.info(
      `${server.prefix}_${options.tenant}_work`.toUpperCase().replaceAll('-', '_'),
    );
    expect(state.messages).toBe(0);
    rmSync(folder, { recursive: true });
  });

  it('drops and reports messages that are not work', async () => {
    const bus = await open();
    for (const garbage of ['', '{"kind":"work.feed"}', '\u0000'.repeat(1000)]) {
      connection.publish(`${server.prefix}.${options.tenant}.work.feed`, garbage);
    }
    await connection.flush();
    await bus.publish([{ event: feedWork('nvd') }]);
    const handled: string[] = [];
    const runner = startRunner(bus, {
      // eslint-disable-next-line @typescript-eslint/require-await -- it yields nothing
      'work.feed': async function* ({ feed }) {
        handled.push(feed);
      },
    });
    await until('all is settled', async () => handled.length > 0 && (await openWork(bus)) === 0);
    await runner.stop();
    expect([handled, runner.dead]).toEqual([['nvd'], []]);
    expect(logged.filter(({ message }) => message.includes('is not work'))).toHaveLength(3);
  });

  it('publishes events as CloudEvents on public subjects', async () => {
    const bus = await open();
    const subscription = connection.subscribe(`${server.prefix}.${options.tenant}.v1.image.affected.>`, { max: 1 });
    await connection.flush();
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const event = {
      kind: 'image.transition',
      transition: 'affected',
      notification: 'ñ "1" 100%',
      image,
      vulnerability: 'CVE-2024-2961',
      severity: 'High',
      reference: 'registry.example/team/app:1',
    } as const;
    await bus.publish([{ event, traceparent, tracestate: 'a=b' }]);
    for await (const message of subscription) {
      expect(message.subject).toBe(`${server.prefix}.${options.tenant}.v1.image.affected.high`);
      const headers = Object.fromEntries([...message.headers!].map(([name, [value]]) => [name, value!]));
      expect(headers).toMatchObject({ traceparent, tracestate: 'a=b', 'ce-traceparent': traceparent });
      expect(Object.values(headers).every((value) => /^[\u0021-\u007e]*$/.test(value))).toBe(true);
      // The binding for NATS has an attribute in a header where that for HTTP has the content type.
      const asHttp = { ...headers, 'content-type': headers['ce-datacontenttype']! };
      const cloudEvent = HTTP.toEvent({ headers: asHttp, body: message.string() });
      if (Array.isArray(cloudEvent)) throw new Error('one event was sent');
      expect(cloudEvent).toMatchObject({
        specversion: '1.0',
        type: 'dev.clarion.image.affected.v1',
        source: `/${server.prefix}/${options.tenant}`,
        subject: image,
        partitionkey: image,
        data: event,
      });
      expect(decodeURIComponent(cloudEvent.id)).toBe(headers['Nats-Msg-Id']);
      expect(Math.abs(Date.parse(cloudEvent.time ?? '') - Date.now())).toBeLessThan(60_000);
    }
  });

  it('leaves streams as an operator has set them, but not one of another kind', async () => {
    await (await open()).close();
    const manager = await jetstreamManager(connection);
    const stream = (name: string) => `${server.prefix}_${options.tenant}_${name}`.toUpperCase().replaceAll('-', '_');
    await manager.streams.update(stream('events'), { max_age: nanos(3_600_000) });
    await (await open()).close();
    expect((await manager.streams.info(stream('events'))).config.max_age).toBe(nanos(3_600_000));
    const { config } = await manager.streams.info(stream('work'));
    expect([config.retention, config.duplicate_window, config.max_age]).toEqual(['workqueue', nanos(120_000), 0]);
    await manager.streams.delete(stream('work'));
    const subjects = [`${server.prefix}.${options.tenant}.work.layer`, `${server.prefix}.${options.tenant}.work.feed`];
    await manager.streams.add({ name: stream('work'), subjects, retention: RetentionPolicy.Limits });
    await expect(open()).rejects.toMatchObject({
      code: 'invalid-input',
      message: expect.stringMatching(
        /retention limits instead of workqueue, no subject \S+\.work\.layer\.\*, no subject \S+\.work\.advisories$/,
      ) as string,
    });
  });

  // A server from an external address must not be stopped.
  const withOwnServer = process.env['NATS_URL'] === undefined ? it : it.skip;
  withOwnServer('goes on when its server (not one of NATS_URL) is in lame duck mode and comes back', async () => {
    const bus = await open();
    const handled: string[] = [];
    const runner = startRunner(bus, {
      // eslint-disable-next-line @typescript-eslint/require-await -- it yields nothing
      'work.feed': async function* ({ request }) {
        handled.push(request);
      },
    });
    server.signal('SIGUSR2');
    await until('it is noticed', () => logged.some(({ message }) => message.includes('about to stop')));
    const publishing = bus.publish([{ event: feedWork('nvd', 'a') }]);
    await server.kill();
    await server.start();
    await publishing;
    await until('it is done', async () => handled.length === 1 && (await openWork(bus)) === 0);
    await runner.stop();
    expect(handled).toEqual(['a']);
  });
});
