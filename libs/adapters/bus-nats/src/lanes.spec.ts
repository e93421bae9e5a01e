import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { ClarionError, type Bus, type WorkHandler, type Log, type BusMessage } from '@clarion/model';
import { canStartNatsServer, openWork, startNatsServer, startRunner, until, type NatsServer } from '@clarion/test-kit';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';

import { openNatsBus } from './open-nats-bus';
import { buildDyingWorker } from '../testing/build-dying-worker';

const ignore = (): void => undefined;
const log: Log = { debug: ignore, info: ignore, warn: ignore, error: ignore };
const image = `sha256:${'a'.repeat(64)}` as const;
const describeWithServer = canStartNatsServer() ? describe : describe.skip;

/** The nth layer of a caller. The caller is named like the submission by default; null: unknown caller. */
const layer = (submission: string, n: number, caller: string | null = submission): BusMessage => ({
  event: { kind: 'work.layer', image, submission, layer: n },
  ...(caller === null ? {} : { caller }),
});
const layers = (caller: string, count: number): readonly BusMessage[] =>
  Array.from({ length: count }, (_, n) => layer(caller, n));

describeWithServer('layers of callers over NATS', () => {
  let server: NatsServer;
  let tests = 0;
  let options: { natsUrl: readonly string[]; tenant: string };
  const behaviour = { maxDeliveries: 2, ackWaitMillis: 1000, pullMillis: 1000, backoffMillis: [20] };
  const opened: Bus[] = [];
  const open = async (spares = 0): Promise<Bus> => {
    const bus = await openNatsBus(options, { ...behaviour, prefix: server.prefix, spares, log });
    opened.push(bus);
    return bus;
  };
  beforeAll(async () => {
    server = await startNatsServer();
  });
  afterAll(() => server.stop());
  beforeEach(() => {
    tests += 1;
    options = { natsUrl: [server.url], tenant: `c${tests}` };
  });
  afterEach(async () => {
    for (const bus of opened.splice(0)) await bus.close();
  });

  /** Records what it receives: `one 3`. */
  const noting = (
    seen: string[],
    meanwhile: (name: string) => Promise<void> | void = ignore,
  ): WorkHandler<'work.layer'> =>
    async function* ({ submission, layer: n }) {
      seen.push(`${submission} ${n}`);
      await meanwhile(submission);
      yield* [];
    };
  const oneAtATime = { concurrency: { 'work.layer': 1 } };

  it('are processed in turns, in order for each caller, regardless of who published first', async () => {
    const bus = await open();
    await bus.publish(layers('one', 60));
    await bus.publish([...layers('two', 4), ...layers('three', 2)]);
    await bus.publish([layer('nobody', 0, null), layer('nobody', 1, null)]);
    const seen: string[] = [];
    const runner = startRunner(bus, { 'work.layer': noting(seen) }, oneAtATime);
    await until('all is done', async () => (await openWork(bus)) === 0);
    await runner.stop();
    expect(seen).toHaveLength(68);
    const at = (name: string): number => seen.indexOf(name);
    // Four lanes: the nth layer of a caller is among the first n of each.
    for (const [name, n] of [
      ['two', 4],
      ['three', 2],
      ['nobody', 2],
    ] as const)
      // prettier-ignore
      for (let nth = 0; nth < n; nth += 1) expect(at(`${name} ${nth}`)).toBeLessThan(4 * (nth + 1));
    for (const caller of ['one', 'two', 'three', 'nobody']) {
      const numbers = seen.filter((name) => name.startsWith(`${caller} `)).map((name) => Number(name.split(' ')[1]));
      expect(numbers).toEqual([...numbers.keys()]);
    }
  });

  it('do not wait for another caller who has all slots and a backlog', async () => {
    const bus = await open(1);
    const seen: string[] = [];
    let letGo = ignore;
    const released = new Promise<void>((resolve) => (letGo = resolve));
    const handler = noting(seen, (name) => (name === 'one' ? released : undefined));
    const runner = startRunner(bus, { 'work.layer': handler }, { concurrency: { 'work.layer': 2 } });
    await bus.publish(layers('one', 20));
    await until('all slots are taken', () => seen.length === 2);
    await bus.publish(layers('two', 5));
    await until('the other caller has them all', async () => (await bus.backlog('work.layer', 'two')).ofCaller === 0);
    expect(seen.slice(0, 2)).toEqual(['one 0', 'one 1']);
    expect(seen.slice(2)).toEqual(['two 0', 'two 1', 'two 2', 'two 3', 'two 4']);
    expect(await bus.queues()).toContainEqual({ kind: 'work.layer', waiting: 18, running: 2, redelivered: 0 });
    letGo();
    await until('all is done', async () => (await openWork(bus)) === 0);
    await runner.stop();
    expect(seen).toHaveLength(25);
  });

  it('that several callers requested are in each of their lanes, and run at the first of their turns', async () => {
    const bus = await open();
    await bus.publish(layers('one', 30));
    await bus.publish([layer('one', 29, 'two'), layer('one', 29, 'two')]);
    expect(await bus.backlog('work.layer', 'two')).toEqual({ ofCaller: 1, inAll: 31 });
    const seen: string[] = [];
    const runner = startRunner(bus, { 'work.layer': noting(seen) }, oneAtATime);
    await until('all is done', async () => (await openWork(bus)) === 0);
    await runner.stop();
    expect(seen.indexOf('one 29')).toBeLessThan(2);
    expect(seen).toHaveLength(31);
  });

  it('that fail are retried, and become dead letters in the end', async () => {
    const bus = await open();
    const seen: string[] = [];
    const runner = startRunner(bus, {
      'work.layer': noting(seen, (name) => {
        if (name === 'bad') throw new Error('not now');
        if (name === 'worse') throw new ClarionError('not-found', 'never');
      }),
    });
    await bus.publish([...layers('bad', 1), ...layers('worse', 1), ...layers('good', 1)]);
    await until('all is settled', async () => (await openWork(bus)) === 0);
    await runner.stop();
    expect(seen.sort()).toEqual(['bad 0', 'bad 0', 'good 0', 'worse 0']);
    expect(runner.dead.map(({ id, deliveries }) => [id.split(' ')[2], deliveries]).sort()).toEqual([
      ['bad', 2],
      ['worse', 1],
    ]);
  });

  const itWithOwnServer = process.env['NATS_URL'] === undefined ? it : it.skip;
  itWithOwnServer('go on when the server was away, and when consumers are gone (needs its own server)', async () => {
    const bus = await open();
    const other = await open();
    const seen: string[] = [];
    const runners = [bus, other].map((one) => startRunner(one, { 'work.layer': noting(seen) }));
    await bus.publish(layers('one', 50));
    await server.kill();
    await server.start();
    await bus.publish(layers('two', 50));
    await until('all is done', async () => (await openWork(bus)) === 0);
    const connection = await connect({ servers: server.url.replace('nats://', '') });
    const manager = await jetstreamManager(connection);
    const stream = `${server.prefix}_${options.tenant}_work`.toUpperCase().replaceAll('-', '_');
    let deleted = 0;
    for await (const { name } of manager.consumers.list(stream)) {
      if (name.startsWith('layer-') && (await manager.consumers.delete(stream, name))) deleted += 1;
    }
    await connection.close();
    expect(deleted).toBe(2);
    await bus.publish([layer('one', 100), layer('two', 100)]);
    await until('these are done, too', async () => (await openWork(bus)) === 0);
    for (const runner of runners) await runner.stop();
    expect(new Set(seen).size).toBe(102);
    expect(runners.flatMap(({ dead }) => dead)).toEqual([]);
  });

  it('are dead letters when they kill every process that receives them', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'clarion-lanes-'));
    const script = buildDyingWorker(folder);
    const bus = await open();
    await bus.publish(layers('poison', 1));
    const env = { BUS: JSON.stringify({ options, behaviour: { ...behaviour, prefix: server.prefix } }) };
    for (let delivery = 1; delivery <= behaviour.maxDeliveries; delivery += 1) {
      const child = spawn(process.execPath, [script], { env, stdio: 'inherit' });
      const [, signal] = (await once(child, 'exit')) as [number | null, string | null];
      expect(signal).toBe('SIGKILL');
    }
    const seen: string[] = [];
    const runner = startRunner(bus, { 'work.layer': noting(seen) });
    await until('it is dead', () => runner.dead.length > 0);
    await bus.publish(layers('good', 1));
    await until('the rest is done', async () => (await openWork(bus)) === 0);
    await runner.stop();
    expect(seen).toEqual(['good 0']);
    expect(runner.dead).toMatchObject([{ id: `work.layer ${image} poison 0`, deliveries: 2, code: 'process' }]);
    rmSync(folder, { recursive: true });
  });
});
