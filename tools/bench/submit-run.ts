import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { buildImage, file, type RunningRegistry, startRegistry } from '@clarion/test-kit';
import {
  bytesRead,
  cpuSeconds,
  type Installation,
  peakMemory,
  printTable,
  startServe,
  startSixServices,
} from './installations';

const { values, positionals } = parseArgs({
  options: { rounds: { type: 'string', default: '3' }, only: { type: 'string' } },
  allowPositionals: true,
});
const [images] = positionals;

interface Descriptor {
  readonly digest: string;
  readonly mediaType: string;
}

/** Pushes the one image of an OCI layout; returns the size of its layers, as stored. */
async function pushLayout(directory: string, registry: RunningRegistry): Promise<number> {
  const blob = ({ digest }: Descriptor): Buffer => readFileSync(join(directory, 'blobs', digest.replace(':', '/')));
  const index = JSON.parse(readFileSync(join(directory, 'index.json'), 'utf8')) as { manifests: [Descriptor] };
  const [described] = index.manifests;
  const bytes = blob(described);
  const manifest = JSON.parse(bytes.toString()) as { config: Descriptor; layers: readonly Descriptor[] };
  for (const one of [manifest.config, ...manifest.layers]) await registry.pushBlob('bench/image', blob(one));
  await registry.pushManifest('bench/image', '1', { bytes, mediaType: described.mediaType });
  return manifest.layers.reduce((sum, one) => sum + blob(one).length, 0);
}

interface Submitted {
  readonly millis: number;
  readonly cpu: number;
  /** Bytes that the detector services read in the meantime: files and excerpts over gRPC, and little else. */
  readonly sent: number;
}

/** Submits an image and waits until it is indexed. */
async function submit({ api, processes }: Installation, reference: string): Promise<Submitted> {
  const used = (): number => [...processes.values()].reduce((sum, pid) => sum + cpuSeconds(pid), 0);
  const detectors = ['feature-detector', 'namespace-detector'].flatMap((name) => processes.get(name) ?? []);
  const read = (): number => detectors.reduce((sum, pid) => sum + bytesRead(pid), 0);
  const [cpu, sent] = [used(), read()];
  const started = performance.now();
  const { json, text, status } = await api.call('POST', '/images', { reference });
  if (status >= 300) throw new Error(text);
  const { digest } = json as unknown as { digest: string };
  for (let state = json.state; state !== 'indexed';) {
    const answer = await api.call('GET', `/images/${digest}?wait=30s`);
    ({ state } = answer.json);
    if (state === 'failed') throw new Error(answer.text);
  }
  return { millis: performance.now() - started, cpu: used() - cpu, sent: read() - sent };
}

interface Round {
  readonly small: Submitted;
  readonly cold: Submitted;
  readonly again: Submitted;
  readonly memory: ReadonlyMap<string, number>;
}

const small = buildImage({
  layers: [
    [
      file('etc/os-release', 'ID=alpine\nVERSION_ID=3.20.0\n'),
      file('lib/apk/db/installed', 'P:musl\nV:1.2.5-r0\nA:x86_64\n\n'),
    ],
  ],
  compression: 'gzip',
});

async function measure(installation: Installation, registry: RunningRegistry): Promise<Round> {
  try {
    // Loads everything that is loaded on demand.
    const first = await submit(installation, `${registry.host}/bench/small:1`);
    const cold = await submit(installation, `${registry.host}/bench/image:1`);
    const repeated: Submitted[] = [];
    for (let round = 0; round < 5; round += 1)
      repeated.push(await submit(installation, `${registry.host}/bench/image:1`));
    const again = repeated.reduce((a, b) => (b.millis < a.millis ? b : a));
    const memory = new Map([...installation.processes].map(([name, pid]) => [name, peakMemory(pid).all]));
    return { small: first, cold, again, memory };
  } finally {
    await installation.stop();
  }
}

async function rounds(start: () => Promise<Installation>, registry: RunningRegistry, size: number): Promise<void> {
  const all: Round[] = [];
  let name = '';
  for (let round = 0; round < Number(values.rounds); round += 1) {
    const installation = await start();
    ({ name } = installation);
    all.push(await measure(installation, registry));
  }
  const best = all.reduce((a, b) => (b.cold.millis < a.cold.millis ? b : a));
  const again = Math.min(...all.map((round) => round.again.millis));
  const shown = (key: 'cold' | 'small'): string => all.map((round) => round[key].millis.toFixed(0)).join(', ');
  console.log(`\n${name}`);
  printTable([
    ['', 'best', 'CPU', 'all rounds'],
    [
      'a small image, first after the start',
      `${Math.min(...all.map((round) => round.small.millis)).toFixed(0)} ms`,
      '',
      shown('small'),
    ],
    ['the large image', `${best.cold.millis.toFixed(0)} ms`, `${best.cold.cpu.toFixed(2)} s`, shown('cold')],
    ['again', `${again.toFixed(0)} ms`, '', ''],
    ...(best.cold.sent === 0
      ? []
      : [['sent to detectors', `${(best.cold.sent / 1e6).toFixed(1)} MB`, percent(best.cold.sent / size), '']]),
    ...[...best.memory.keys()].map((service) => [
      `memory of ${service}, at most`,
      `${Math.max(...all.map(({ memory }) => memory.get(service) ?? 0)).toFixed(0)} MiB`,
      '',
      '',
    ]),
  ]);
}

function percent(part: number): string {
  return `${(part * 100).toFixed(1)} %`;
}

async function main(): Promise<void> {
  if (images === undefined) throw new Error('give the directory of the images');
  const registry = await startRegistry({ auth: 'none' });
  const folder = mkdtempSync(join(tmpdir(), 'clarion-submit-'));
  try {
    const size = await pushLayout(join(images, 'oci'), registry);
    await registry.pushImage('bench/small', '1', small);
    console.log(`image with ${(size / 1e6).toFixed(0)} MB of layers, best of ${values.rounds}`);
    let number = 0;
    const startOnNew = (): Promise<Installation> => startServe(join(folder, String(number++)), [registry.host]);
    if (values.only !== 'services') await rounds(startOnNew, registry, size);
    if (values.only !== 'serve') await rounds(() => startSixServices([registry.host]), registry, size);
  } finally {
    await registry.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

void main();
