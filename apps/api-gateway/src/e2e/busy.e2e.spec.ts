import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  buildImage,
  file,
  type ServiceInstallation,
  type ServiceName,
  serviceNames,
  startServiceInstallation,
  until,
} from '@clarion/test-kit';

const folder = mkdtempSync(join(tmpdir(), 'clarion-busy-'));
const image = buildImage({ layers: [[file('etc/alpine-release', '3.22.0\n')]] });
let asked: () => Promise<void> | void = () => undefined;
const registry = createServer((request, response) => {
  answer(request, response).catch(() => response.destroy());
});
let six: ServiceInstallation;

beforeAll(async () => {
  await once(registry.listen(0, '127.0.0.1'), 'listening');
  six = await startServiceInstallation({
    feeds: {},
    allowedHosts: ['127.0.0.1'],
    variables: {
      NODE_OPTIONS: `--require ${join(__dirname, '../../testing/keep-busy.cjs')}`,
      BUSY_FOLDER: folder,
      CLARION_GRACE: '500ms',
      CLARION_EGRESS_INSECURE_HOSTS: '127.0.0.1',
    },
  });
});
afterAll(() => {
  for (const name of serviceNames) six.process(name).kill('SIGKILL');
  registry.closeAllConnections();
  registry.close();
  rmSync(folder, { recursive: true, force: true });
});

async function answer({ url = '' }: IncomingMessage, response: ServerResponse): Promise<void> {
  if (url === '/v2/') response.end();
  else if (url.includes('/manifests/')) {
    response.setHeader('content-type', 'application/vnd.oci.image.manifest.v1+json').end(image.manifest);
  } else if (url.endsWith(image.configDigest)) response.end(image.config);
  else {
    await asked();
    response.end(image.layers[0]!.blob);
  }
}

/** Resolves when the thread of a service is in an endless loop. */
async function keepBusy(name: ServiceName): Promise<void> {
  writeFileSync(join(folder, `${name}.wanted`), '');
  await until(`${name} is not busy`, () => Promise.resolve(existsSync(join(folder, `${name}.busy`))));
}

function relieve(name: ServiceName): void {
  for (const what of ['wanted', 'busy']) rmSync(join(folder, `${name}.${what}`));
}

describe('SIGTERM ends a service whose thread is in an endless loop', () => {
  it('in the middle of a layer, which the next process reads', async () => {
    const reading = new Promise<void>((resolve) => {
      asked = async () => {
        await keepBusy('layer-extractor');
        resolve();
      };
    });
    const reference = `127.0.0.1:${(registry.address() as AddressInfo).port}/app:1`;
    expect((await six.api.call('POST', '/images', { reference })).status).toBe(202);
    await reading;
    const extractor = six.process('layer-extractor');
    extractor.kill('SIGTERM');
    expect(await extractor.ended).toBe(1);
    expect(extractor.lines.at(-1)).toMatchObject({
      level: 'error',
      msg: 'The service did not stop in time, it is ended',
    });
    asked = () => undefined;
    relieve('layer-extractor');
    await six.restart('layer-extractor');
    const done = await six.api.until(`/images/${image.manifestDigest}`, ({ json }) => json.state === 'indexed', 100);
    expect(done.json.state).toBe('indexed');
  });

  it('whichever of the six it is', async () => {
    await Promise.all(serviceNames.map(keepBusy));
    expect(await six.stop()).toEqual(Object.fromEntries(serviceNames.map((name) => [name, 1])));
  });
});
