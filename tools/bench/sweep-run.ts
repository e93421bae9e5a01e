import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { type ApiAnswer, type ApiClient, type RunningRegistry, startRegistry } from '@clarion/test-kit';
import { type Installation, peakMemory, printTable, startServe, startSixServices } from './installations';
import { timeBetween, timeByPart, type TimeByPart } from './processor-time';
import { pushSweep, type SweepImages } from './sweep-images';
import { hasTrivy, startTrivyServer } from './trivy-server';

const { values, positionals } = parseArgs({
  options: {
    images: { type: 'string', default: '100' },
    rounds: { type: 'string', default: '3' },
    /** A store of the command line with feeds; a copy of it is used. */
    db: { type: 'string' },
    only: { type: 'string' },
  },
  allowPositionals: true,
});
const [directory] = positionals;
const count = Number(values.images);
const clients = 4;

/** A run over all images. */
interface Sweep {
  /** Wall seconds until the last image was indexed. */
  readonly indexed: number;
  /** Wall seconds until all reports were there. */
  readonly reported: number;
  readonly indexing: TimeByPart;
  readonly reporting: TimeByPart;
}

/** All clients are one caller, who may ask 50 times a second. */
async function call(api: ApiClient, ...request: Parameters<ApiClient['call']>): Promise<ApiAnswer> {
  for (;;) {
    const answer = await api.call(...request);
    if (answer.status < 300) return answer;
    if (answer.status !== 429) throw new Error(answer.text);
    await sleep(100);
  }
}

async function submit(api: ApiClient, reference: string): Promise<string> {
  const { json } = await call(api, 'POST', '/images', { reference });
  return (json as unknown as { digest: string }).digest;
}

async function untilIndexed(api: ApiClient, digest: string): Promise<void> {
  for (let state: string | undefined; state !== 'indexed';) {
    const { json, text } = await call(api, 'GET', `/images/${digest}?wait=30s`);
    ({ state } = json);
    if (state === 'failed') throw new Error(text);
  }
}

/** Does `action` for all items, as many at once as there are clients. */
async function byClients<T>(items: readonly T[], action: (item: T, client: number) => Promise<void>): Promise<void> {
  const waiting = items.values();
  const client = async (_: unknown, number: number): Promise<void> => {
    for (const item of waiting) await action(item, number);
  };
  await Promise.all(Array.from({ length: clients }, client));
}

async function sweep(installation: Installation, { base, images }: SweepImages): Promise<Sweep> {
  const names = new Map([...installation.processes].map(([name, pid]) => [pid, name]));
  const { api } = installation;
  await untilIndexed(api, await submit(api, base));
  const before = timeByPart(names);
  const started = performance.now();
  const seconds = (): number => (performance.now() - started) / 1000;
  const digests: string[] = [];
  await byClients([...images.entries()], async ([number, reference]) => {
    digests[number] = await submit(api, reference);
  });
  for (const digest of digests) await untilIndexed(api, digest);
  const indexed = seconds();
  const between = timeByPart(names);
  // Without feeds there are no reports.
  const reports = values.db === undefined ? [] : digests;
  await byClients(reports, async (digest) => {
    await call(api, 'GET', `/images/${digest}/report`);
  });
  return {
    ...{ indexed, reported: seconds() },
    indexing: timeBetween(before, between),
    reporting: timeBetween(between, timeByPart(names)),
  };
}

const milliseconds = (seconds: number): string => ((seconds * 1000) / count).toFixed(1);
const anHour = (seconds: number): string => ((count / seconds) * 3600).toFixed(0);

/** What is not Clarion's own. */
const isOther = (part: string): boolean => /^(this benchmark|docker-registry|nats-server|java):/.test(part);

function ownTime(times: TimeByPart): number {
  return [...times].reduce((sum, [part, seconds]) => sum + (isOther(part) ? 0 : seconds), 0);
}

function print(name: string, all: readonly Sweep[], trivy: number | undefined): void {
  const best = all.reduce((a, b) => (ownTime(b.indexing) < ownTime(a.indexing) ? b : a));
  const ratio = (seconds: number): string => (trivy === undefined ? '' : `${(trivy / seconds).toFixed(2)} of trivy`);
  const [indexed, reported] = [all.map((one) => one.indexed), all.map((one) => one.reported)].map((one) =>
    Math.min(...one),
  );
  console.log(`\n${name}: ${count} images, ${clients} clients, best of ${all.length}`);
  printTable([
    ['', 'images an hour', ''],
    ['indexed', anHour(indexed ?? 0), ratio(indexed ?? 0)],
    ['with reports', anHour(reported ?? 0), ratio(reported ?? 0)],
  ]);
  const parts = [...best.indexing.keys()].filter(
    (part) => Math.max(best.indexing.get(part) ?? 0, best.reporting.get(part) ?? 0) > 0,
  );
  printTable([
    ['processor time, ms an image', 'indexing', 'reports'],
    ...parts.map((part) => [
      part,
      milliseconds(best.indexing.get(part) ?? 0),
      milliseconds(best.reporting.get(part) ?? 0),
    ]),
    ['of Clarion in all', milliseconds(ownTime(best.indexing)), milliseconds(ownTime(best.reporting))],
  ]);
}

async function rounds(
  start: (round: number) => Promise<Installation>,
  images: SweepImages,
  trivy: number | undefined,
): Promise<void> {
  const all: Sweep[] = [];
  const memory: string[] = [];
  let name = '';
  for (let round = 0; round < Number(values.rounds); round += 1) {
    const installation = await start(round);
    ({ name } = installation);
    try {
      all.push(await sweep(installation, images));
      for (const [service, pid] of installation.processes) {
        if (round === 0) memory.push(`memory of ${service}: ${peakMemory(pid).all.toFixed(0)} MiB at most`);
      }
    } finally {
      await installation.stop();
    }
  }
  print(name, all, trivy);
  console.log(memory.join('\n'));
}

/** Wall seconds of `trivy image --server` on all images, with the base known. */
async function measureTrivy(folder: string, { base, images }: SweepImages): Promise<number> {
  const server = await startTrivyServer(join(folder, 'trivy'));
  try {
    const clientOf = (client: number): string => join(folder, 'trivy', `client-${client}`);
    await server.scan(base, clientOf(0));
    const before = timeByPart(new Map());
    const started = performance.now();
    await byClients(images, (reference, client) => server.scan(reference, clientOf(client)));
    const seconds = (performance.now() - started) / 1000;
    const used = timeBetween(before, timeByPart(new Map()));
    console.log(`\ntrivy image --server: ${anHour(seconds)} images an hour with ${clients} clients`);
    for (const [part, time] of used) {
      if (!part.startsWith('docker-registry') && time > 0) console.log(`${part}: ${milliseconds(time)} ms an image`);
    }
    return seconds;
  } finally {
    await server.stop();
  }
}

async function main(): Promise<void> {
  if (directory === undefined) throw new Error('give the directory of the images');
  const registry: RunningRegistry = await startRegistry({ auth: 'none' });
  const folder = mkdtempSync(join(tmpdir(), 'clarion-sweep-'));
  try {
    const images = await pushSweep(join(directory, 'oci'), count, registry);
    const isAsked = (what: string): boolean => values.only === undefined || values.only.split(',').includes(what);
    const trivy = isAsked('trivy') && hasTrivy() ? await measureTrivy(folder, images) : undefined;
    const serveOnNew = (round: number): Promise<Installation> => {
      const db = join(folder, String(round));
      if (values.db !== undefined) cpSync(values.db, db, { recursive: true });
      return startServe(db, [registry.host]);
    };
    if (isAsked('serve')) await rounds(serveOnNew, images, trivy);
    if (isAsked('services')) await rounds(() => startSixServices([registry.host]), images, trivy);
  } finally {
    await registry.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

void main();
