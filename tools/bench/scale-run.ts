import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statfsSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Digest, Store } from '@clarion/model';
import { openEmbeddedStore } from '@clarion/store-embedded';
import { openMongoStore } from '@clarion/store-mongo';
import { runLoad } from './http-load';
import {
  cpuSeconds,
  type Installation,
  peakMemory,
  printTable,
  startServe,
  startSixServices,
  untilIdle,
} from './installations';
import { affectedGroups, fillStore, popular } from './scale-facts';

const { values } = parseArgs({
  options: {
    images: { type: 'string' },
    layers: { type: 'string' },
    directory: { type: 'string' },
    services: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '3' },
  },
});
const images = Number(values.images ?? (values.services ? 3000 : 1_000_000));
const layers = Number(values.layers ?? Math.ceil(images / 10));
const rounds = Number(values.rounds);

/** Properties of a filled store. */
interface Filled {
  readonly images: number;
  readonly layers: number;
  /** `127.0.0.1:PORT`, the registry of all images: code that opened a layer would send requests there. */
  readonly registry: string;
  readonly samples: readonly Digest[];
}

/** Counts requests to the registry of the images, which serves nothing. */
async function startRegistry(port: number): Promise<{ readonly host: string; asked: () => number; close: () => void }> {
  let asked = 0;
  const server = createServer((_, response) => {
    asked += 1;
    response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { host, asked: () => asked, close: () => server.close() };
}

interface Receiver {
  readonly url: string;
  readonly host: string;
  /** Resolves to the arrival times of the next `count` webhooks (`performance.now()`). */
  next(count: number): Promise<readonly number[]>;
  close(): void;
}

async function startReceiver(): Promise<Receiver> {
  let times: number[] = [];
  let check = (): void => undefined;
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      times.push(performance.now());
      response.writeHead(204).end();
      check();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: `http://${host}/hook`,
    host,
    next(count) {
      times = [];
      return new Promise((resolve) => {
        check = () => {
          if (times.length >= count) resolve(times);
        };
      });
    },
    close: () => server.close(),
  };
}

const show = (text: string): void => {
  console.error(`bench: ${text}`);
};

async function fill(store: Store, registry: string): Promise<Filled> {
  const started = performance.now();
  const cpu = process.cpuUsage();
  const samples = await fillStore(store, { images, layers, registry }, show);
  const { user, system } = process.cpuUsage(cpu);
  const seconds = (performance.now() - started) / 1000;
  console.log(
    `filled with ${images} images on ${layers} layers, ${samples.length} compositions: ${seconds.toFixed(0)} s ` +
      `(CPU ${((user + system) / 1e6).toFixed(0)} s), ${(images / seconds).toFixed(0)} images a second`,
  );
  return { images, layers, registry, samples };
}

/** Fills where writing costs least, in memory if there is room, and moves the store then. */
async function fillDirectory(directory: string, registry: string): Promise<Filled> {
  const memory = '/dev/shm';
  const room = existsSync(memory) ? statfsSync(memory) : undefined;
  const isRoomy = room !== undefined && room.bavail * room.bsize > images * 8000 + 2e9;
  const location = isRoomy ? mkdtempSync(join(memory, 'clarion-bench-')) : directory;
  const store = await openEmbeddedStore({ directory: location, mentions: true });
  const filled = await fill(store, registry);
  await store.close();
  if (location !== directory) {
    copyFileSync(join(location, 'facts.mdb'), join(directory, 'facts.mdb'));
    rmSync(location, { recursive: true });
  }
  writeFileSync(join(directory, 'filled.json'), JSON.stringify(filled));
  return filled;
}

/** Receivers for every body format; one has a filter, and one requests full bodies. */
const endpoints = [
  { mode: 'cloudevents' },
  { mode: 'cloudevents', fullBody: true },
  { mode: 'cloudevents', filter: { repositories: ['*/*/*'], minSeverity: 'High', namespaces: ['debian:*'] } },
  { mode: 'clair-v4' },
  { mode: 'clair-v1' },
];

async function addEndpoints({ api }: Installation, url: string): Promise<void> {
  for (const { filter = {}, ...endpoint } of endpoints) {
    const answer = await api.call('POST', '/endpoints', { ...endpoint, filter, url, allowInsecure: true });
    if (answer.status !== 201) throw new Error(answer.text);
  }
}

interface Measured {
  readonly first: number;
  readonly last: number;
  /** The slowest response to another caller, who requests an image repeatedly, until the last delivery. */
  readonly slowest: number;
  readonly idle: number;
  /** Seconds of CPU until the last delivery, and in all. */
  readonly cpuToLast: number;
  readonly cpu: number;
  readonly images: number;
}

let flaw = 0;

/** Changes the advisories of the popular package, so that images are newly affected, and waits for the deliveries. */
async function change(
  installation: Installation,
  fixed: string,
  { receiver, sample }: { receiver: Receiver; sample: Digest },
): Promise<Measured> {
  const { api, processes } = installation;
  const used = (): number => [...processes.values()].reduce((sum, pid) => sum + cpuSeconds(pid), 0);
  await untilIdle(installation);
  const affected = {
    package: { name: popular.source },
    ranges: [{ type: 'ECOSYSTEM', events: [{ introduced: '0' }, { fixed }] }],
    ecosystem_specific: { severity: 'high' },
  };
  flaw += 1;
  const arrivals = receiver.next(endpoints.length);
  const cpu = used();
  const started = performance.now();
  const answer = await api.call('PUT', `/own-vulnerabilities/${popular.namespace}/BENCH-${process.pid}-${flaw}`, {
    affected: [affected],
    summary: 'made up',
    severity: [{ type: 'CVSS_V3', score: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H' }],
  });
  if (answer.status >= 300) throw new Error(answer.text);
  const over = { yet: false };
  const asking = slowestAnswer(installation, sample, over);
  const times = await arrivals;
  over.yet = true;
  const cpuToLast = used() - cpu;
  const slowest = await asking;
  await untilIdle(installation);
  const idle = performance.now() - started;
  const { items } = (await api.call('GET', '/notifications?limit=1')).json as unknown as {
    items: { counts: { affected: number } }[];
  };
  return {
    first: Math.min(...times) - started,
    last: Math.max(...times) - started,
    ...{ slowest, idle, cpuToLast, cpu: used() - cpu, images: items[0]?.counts.affected ?? 0 },
  };
}

async function slowestAnswer({ api }: Installation, sample: Digest, over: { yet: boolean }): Promise<number> {
  let slowest = 0;
  while (!over.yet) {
    const asked = performance.now();
    await api.call('GET', `/images/${sample}`);
    slowest = Math.max(slowest, performance.now() - asked);
  }
  return slowest;
}

const ms = (millis: number): string => `${millis.toFixed(millis < 10 ? 1 : 0)} ms`;

async function measure(installation: Installation, { samples }: Filled, receiver: Receiver): Promise<void> {
  await addEndpoints(installation, receiver.url);
  const rows = [
    ['images affected', 'first delivery', 'last delivery', 'CPU until then', 'slowest answer', 'all done', 'CPU'],
  ];
  const context = { receiver, sample: samples[0]! };
  for (const { fixed, images: wanted } of affectedGroups(images)) {
    const results: Measured[] = [];
    for (let round = 0; round < rounds; round += 1) results.push(await change(installation, fixed, context));
    const best = results.reduce((a, b) => (b.last < a.last ? b : a));
    if (best.images !== wanted) throw new Error(`${best.images} images were found affected, not ${wanted}`);
    const { first, last, slowest, idle, cpuToLast, cpu } = best;
    rows.push([
      String(wanted),
      ms(first),
      ms(last),
      ms(cpuToLast * 1000),
      ms(slowest),
      `${(idle / 1000).toFixed(1)} s`,
      `${cpu.toFixed(1)} s`,
    ]);
  }
  console.log(`\n${installation.name}: one change, ${endpoints.length} receivers, best of ${rounds}`);
  printTable(rows);
}

async function measureReports(installation: Installation, { samples }: Filled): Promise<void> {
  const chosen = samples.filter((_, at) => at % Math.ceil(samples.length / 500) === 0);
  const size = (await installation.api.call('GET', `/images/${chosen[0]!}/report`)).text.length;
  const requests = chosen.map((digest) => ({ path: `/images/${digest}/report` }));
  const rows = [['reports of different images', 'requests/s', 'p50', 'p99', 'failed']];
  for (const connections of [1, 10]) {
    const load = await runLoad(installation, { requests, connections, seconds: 10 });
    rows.push([
      `${connections} at the same time`,
      load.requestsASecond.toFixed(0),
      ms(load.p50),
      ms(load.p99),
      String(load.failed),
    ]);
  }
  console.log(`\n${installation.name}: reports of ${(size / 1024).toFixed(0)} KiB`);
  printTable(rows);
}

async function run(
  start: (allowed: readonly string[]) => Promise<Installation>,
  filledBy: (installation: Installation, registry: string) => Promise<Filled>,
  port: number,
): Promise<void> {
  const registry = await startRegistry(port);
  const receiver = await startReceiver();
  const installation = await start([registry.host, receiver.host]);
  try {
    const filled = await filledBy(installation, registry.host);
    await measure(installation, filled, receiver);
    await measureReports(installation, filled);
    console.log(`\nlayers opened: ${registry.asked()}`);
    for (const [name, pid] of installation.processes) {
      const { all, anonymous } = peakMemory(pid);
      console.log(
        `${name}: at most ${all.toFixed(0)} MiB with mapped pages of files, now ${anonymous.toFixed(0)} MiB without`,
      );
    }
  } finally {
    await installation.stop();
    receiver.close();
    registry.close();
  }
}

async function embedded(): Promise<void> {
  const directory = values.directory ?? mkdtempSync(join(tmpdir(), 'clarion-scale-'));
  mkdirSync(directory, { recursive: true });
  try {
    const known = join(directory, 'filled.json');
    let filled: Filled;
    if (existsSync(known)) filled = JSON.parse(readFileSync(known, 'utf8')) as Filled;
    else {
      const registry = await startRegistry(0);
      registry.close();
      filled = await fillDirectory(directory, registry.host);
    }
    console.log(`store: ${(statSync(join(directory, 'facts.mdb')).size / 1e9).toFixed(2)} GB`);
    const port = Number(filled.registry.split(':')[1]);
    await run(
      (allowed) => startServe(directory, allowed),
      () => Promise.resolve(filled),
      port,
    );
  } finally {
    if (values.directory === undefined) rmSync(directory, { recursive: true, force: true });
  }
}

async function services(): Promise<void> {
  let mongo: { readonly uri: string; readonly database: string } | undefined;
  const start = async (allowed: readonly string[]): Promise<Installation> => {
    const installation = await startSixServices(allowed);
    ({ mongo } = installation);
    return installation;
  };
  const filledBy = async (_: Installation, registry: string): Promise<Filled> => {
    const store = await openMongoStore({ uri: mongo!.uri, database: mongo!.database });
    const filled = await fill(store, registry);
    await store.close();
    return filled;
  };
  await run(start, filledBy, 0);
}

void (values.services ? services() : embedded());
