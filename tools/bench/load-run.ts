import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Digest } from '@clarion/model';
import { openEmbeddedStore } from '@clarion/store-embedded';
import { openMongoStore } from '@clarion/store-mongo';
import { buildImage, file, type RunningRegistry, startRegistry } from '@clarion/test-kit';
import { type Load, type LoadOptions, runLoad, sendLoad } from './http-load';
import { firstReports } from './first-reports';
import {
  cpuMillis,
  type Installation,
  peakMemory,
  printTable,
  startServe,
  startSixServices,
  untilIdle,
} from './installations';
import { fillStore, popular } from './scale-facts';

const { values } = parseArgs({
  options: {
    images: { type: 'string', default: '2000' },
    submissions: { type: 'string', default: '200' },
    seconds: { type: 'string', default: '8' },
    only: { type: 'string' },
    // Of a Clair v4 that has indexed the manifest: its report is asked for in the same way.
    clair: { type: 'string', default: process.env['BENCH_CLAIR'] },
    'clair-manifest': { type: 'string', default: process.env['BENCH_CLAIR_MANIFEST'] },
  },
});
const images = Number(values.images);
const submissions = Number(values.submissions);
const seconds = Number(values.seconds);
const connections = 10;
/** The registry in the names of the initial images; no request reaches it. */
const elsewhere = 'registry.example';

type Requests = LoadOptions['requests'];

interface Submission {
  readonly digest: Digest;
  readonly request: Requests[number];
}

/** Small images that differ, in a registry; each is new to the installation. */
async function pushImages(registry: RunningRegistry): Promise<readonly Submission[]> {
  const pushed: Submission[] = [];
  for (let number = 0; number < submissions; number += 1) {
    const base = [
      file('etc/os-release', 'ID=alpine\nVERSION_ID=3.20.0\n'),
      file('lib/apk/db/installed', `C:Q1\nP:musl\nV:1.2.${number}-r0\nA:x86_64\n\n`),
    ];
    const image = buildImage({ layers: [base, [file('app', String(number))]], compression: 'gzip' });
    await registry.pushImage('load/app', String(number), image);
    const request = {
      method: 'POST',
      path: '/images',
      body: { reference: `${registry.host}/load/app:${number}` },
    } as const;
    pushed.push({ digest: image.manifestDigest, request });
  }
  return pushed;
}

function searches(samples: readonly Digest[]): Requests {
  const questions = [
    `package=${popular.source}`,
    'package=package-7',
    'severity=Critical',
    'vulnerability=CVE-2025-10007',
    `repository=${elsewhere}/team-7/app-7`,
  ];
  return [
    ...questions.map((question) => ({ path: `/images?limit=20&${question}` })),
    ...samples.slice(0, 5).map((digest) => ({ path: `/images/${digest}` })),
  ];
}

/** Resolves when all of the images are indexed. */
async function untilIndexed({ api }: Installation, digests: readonly Digest[]): Promise<void> {
  for (const digest of digests) {
    await api.until(`/images/${digest}?wait=10s`, ({ json, text }) => {
      if (json.state === 'failed') throw new Error(text);
      return json.state === 'indexed';
    });
  }
}

async function measure(
  installation: Installation,
  samples: readonly Digest[],
  registry: RunningRegistry,
): Promise<void> {
  const { api } = installation;
  const pushed = await pushImages(registry);
  const rows = [['', 'requests/s', 'p50', 'p99', 'CPU', 'bytes', 'failed']];
  const row = (name: string, { requestsASecond, p50, p99, failed, bytes }: Load, cpu?: number): void => {
    const used = cpu === undefined ? '' : `${cpu.toFixed(2)} ms`;
    rows.push([name, requestsASecond.toFixed(0), `${p50} ms`, `${p99} ms`, used, bytes.toFixed(0), String(failed)]);
  };
  const load = async (name: string, options: Omit<LoadOptions, 'connections'>): Promise<void> => {
    const before = cpuMillis(installation);
    const loaded = await runLoad(installation, { ...options, connections });
    row(name, loaded, (cpuMillis(installation) - before) / loaded.requests);
  };
  const reports = samples.slice(0, 200).map((digest) => ({ path: `/images/${digest}/report` }));
  await untilIdle(installation);
  const loadReports = (coding: string): Promise<void> => {
    const requests = reports.map((one) => ({ ...one, headers: { 'accept-encoding': coding } }));
    return load(`report, ${coding}`, { requests, seconds });
  };
  for (const coding of ['gzip', 'br']) await loadReports(coding);
  const memory = memoryOf(installation);
  await loadReports('identity');
  if (values.clair !== undefined) row('report of Clair, gzip', await loadClair(values.clair));
  const first = await firstReports(installation, samples);
  const { headers } = await api.call('GET', reports[0]!.path);
  const etag = headers.get('etag') ?? '';
  await load('report, not changed (304)', {
    requests: [{ ...reports[0]!, headers: { 'if-none-match': etag } }],
    seconds,
  });
  await load('search', { requests: searches(samples), seconds });
  const indexed = pushed.length === 0 ? undefined : await submitAll(installation, pushed, load);
  console.log(`\n${installation.name}: ${images} images, ${connections} connections`);
  printTable(rows);
  for (const line of first) console.log(line);
  if (indexed !== undefined) {
    console.log(
      `${submissions} new images were indexed ${(indexed / 1000).toFixed(1)} s after the first was submitted`,
    );
  }
  for (const [name, most] of memoryOf(installation)) {
    console.log(`memory of ${name}: ${most} MiB at most, ${memory.get(name) ?? ''} MiB until all compressed reports`);
  }
}

/** MiB at most so far. */
function memoryOf({ processes }: Installation): ReadonlyMap<string, string> {
  return new Map([...processes].map(([name, pid]) => [name, peakMemory(pid).all.toFixed(0)]));
}

/** Milliseconds from the first submission until all images are indexed; 100 callers send at least one each. */
async function submitAll(
  installation: Installation,
  pushed: readonly Submission[],
  load: (name: string, options: Omit<LoadOptions, 'connections'>) => Promise<void>,
): Promise<number> {
  const requests = pushed.map(({ request }) => request);
  const started = performance.now();
  await load('submit a new image', { requests, amount: submissions });
  await untilIndexed(
    installation,
    pushed.map(({ digest }) => digest),
  );
  const indexed = performance.now() - started;
  await load('submit a known image', { requests, seconds });
  return indexed;
}

function loadClair(url: string): Promise<Load> {
  const path = `/matcher/api/v1/vulnerability_report/${values['clair-manifest'] ?? ''}`;
  const headers = { 'accept-encoding': 'gzip' };
  return sendLoad(url, { requests: [{ method: 'GET', path, headers }], connections, seconds });
}

const scale = { images, layers: Math.ceil(images / 10), registry: elsewhere };
const quiet = (): void => undefined;

async function onServe(registry: RunningRegistry): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'clarion-load-'));
  try {
    const store = await openEmbeddedStore({ directory, mentions: true });
    const samples = await fillStore(store, scale, quiet);
    await store.close();
    const installation = await startServe(directory, [registry.host]);
    try {
      await measure(installation, samples, registry);
    } finally {
      await installation.stop();
    }
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

async function onServices(registry: RunningRegistry): Promise<void> {
  const installation = await startSixServices([registry.host]);
  try {
    const store = await openMongoStore(installation.mongo);
    const samples = await fillStore(store, scale, quiet);
    await store.close();
    await measure(installation, samples, registry);
  } finally {
    await installation.stop();
  }
}

async function main(): Promise<void> {
  const registry = await startRegistry({ auth: 'none' });
  try {
    if (values.only !== 'services') await onServe(registry);
    if (values.only !== 'serve') await onServices(registry);
  } finally {
    await registry.close();
  }
}

void main();
