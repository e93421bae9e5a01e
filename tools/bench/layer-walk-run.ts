import { createReadStream, statSync } from 'node:fs';
import { decompress, listTar, readLayer, walkTar } from '@clarion/layer-archive';
import type { LayerVisitor } from '@clarion/model';

// One measurement of layer-walk.mjs in a separate process: `node run.js MODE FILE`. Prints one line of JSON.

/** Requests the same files as the detectors of a distribution: few and small ones. */
const visitor: LayerVisitor = {
  entry: ({ type, path }) => (type === 'file' && path.endsWith('.list') ? 1024 * 1024 : undefined),
  content: () => undefined,
  oversized: () => undefined,
};

const modes: Readonly<Record<string, (path: string) => Promise<unknown>>> = {
  'walk and digests': (path) =>
    readLayer({ kind: 'file', path, offset: 0, length: statSync(path).size }, visitor, { label: path }),
  walk: (path) =>
    walkTar(decompress(createReadStream(path, { highWaterMark: 1024 * 1024 }), { borrowed: true }), visitor),
  seek: (path) => listTar({ path }),
};

async function main([mode = '', path = '']: readonly string[]): Promise<void> {
  const run = modes[mode];
  if (run === undefined) throw new Error(`no mode ${mode}; there are ${Object.keys(modes).join(', ')}`);
  const started = performance.now();
  const cpu = process.cpuUsage();
  await run(path);
  const { user, system } = process.cpuUsage(cpu);
  const measured = {
    wallMs: performance.now() - started,
    cpuMs: (user + system) / 1000,
    rssMb: process.resourceUsage().maxRSS / 1024,
  };
  process.stdout.write(`${JSON.stringify(measured)}\n`);
}

void main(process.argv.slice(2));
