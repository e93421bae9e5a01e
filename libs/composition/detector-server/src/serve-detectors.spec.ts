import { Client, credentials } from '@grpc/grpc-js';
import { grpcDetectorClient } from '@clarion/detector-client/grpc';
import type { Log, LogFields } from '@clarion/model';
import { createMetrics, readConfig, type RunningService } from '@clarion/service-runtime';
import { detectorServerSettings } from '@clarion/settings';
import { hashingDetector } from '@clarion/test-kit';
import { service as healthService } from 'grpc-health-check';
import { serveDetectors } from './serve-detectors';

const local = { CLARION_HOST: '127.0.0.1', CLARION_GRPC_PORT: '0' };
const files = (bytes: number) => [{ path: 'a/1', content: Buffer.alloc(bytes) }];

let closing: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closing.reverse()) await close();
  closing = [];
});

/** Serves the hashing detector as these variables say. */
async function start(variables: Readonly<Record<string, string>> = {}) {
  const logged: LogFields[] = [];
  const ignore = (): void => undefined;
  const info = (_: string, fields: LogFields = {}): void => void logged.push(fields);
  const log: Log = { debug: ignore, info, warn: ignore, error: ignore };
  const metrics = createMetrics({ version: '0' });
  const draining = new AbortController();
  const { config } = readConfig(detectorServerSettings(7101), { ...local, ...variables });
  const service: RunningService = await serveDetectors([hashingDetector])(config, {
    log,
    metrics,
    draining: draining.signal,
  });
  closing.push(() => service.stop(AbortSignal.abort()));
  return { service, metrics, draining, logged, port: Number(logged[0]?.['port']) };
}

function clientOf(port: number, token?: string) {
  const client = grpcDetectorClient({ address: `127.0.0.1:${port}`, attempts: 1, ...(token && { token }) });
  closing.push(() => {
    client.close();
  });
  return client;
}

/** The answer of `grpc.health.v1`. */
function healthOf(port: number): Promise<string> {
  const { path, requestSerialize, responseDeserialize } = healthService['Check']!;
  const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure());
  closing.push(() => {
    client.close();
  });
  return new Promise((resolve, reject) => {
    client.makeUnaryRequest(path, requestSerialize, responseDeserialize, { service: '' }, (error, answer) => {
      if (error === null) resolve((answer as { readonly status: string }).status);
      else reject(error);
    });
  });
}

describe('a service of detectors', () => {
  it('serves its detectors, and measures them and its calls', async () => {
    const { service, metrics, logged, port } = await start();
    expect(logged[0]).toEqual({ port, detectors: 1, tls: false });
    expect(await service.ready()).toBe(true);
    const client = clientOf(port);
    expect((await client.list()).map(({ id }) => id)).toEqual(['hashing']);
    expect(await client.detect([{ detector: 'hashing', files: files(1) }])).toMatchObject([{ detector: 'hashing' }]);
    const { body } = await metrics.scrape();
    expect(body).toMatch(/^clarion_detect_duration_seconds_count\{[^}]*detector="hashing"[^}]*\} 1$/m);
    expect(body).toMatch(
      /^clarion_grpc_call_duration_seconds_count\{[^}]*method="clarion\.detector\.v1\.DetectorService\/Detect"[^}]*\} 1$/m,
    );
  });

  it.each<[string, Readonly<Record<string, string>>, string | undefined, string | undefined]>([
    ['without a token, any caller', {}, undefined, undefined],
    ['with a token, a caller who has it', { CLARION_DETECTOR_TOKEN: 'right' }, 'right', undefined],
    ['with a token, a caller with another one', { CLARION_DETECTOR_TOKEN: 'right' }, 'wrong', 'unauthorized'],
    ['with a token, a caller without one', { CLARION_DETECTOR_TOKEN: 'right' }, undefined, 'unauthorized'],
  ])('%s: serves it, or rejects it', async (_, variables, token, code) => {
    const { port } = await start(variables);
    const listed = clientOf(port, token).list();
    if (code === undefined) expect(await listed).toHaveLength(1);
    else await expect(listed).rejects.toMatchObject({ code });
  });

  it('takes no more bytes in a call than it is set to', async () => {
    const { port } = await start({ CLARION_CALL_BYTES: '1KiB' });
    const client = clientOf(port);
    expect(await client.detect([{ detector: 'hashing', files: files(1000) }])).toHaveLength(1);
    await expect(client.detect([{ detector: 'hashing', files: files(2000) }])).rejects.toMatchObject({
      code: 'limit-exceeded',
    });
  });

  it('reports that it stops before it does, and still serves', async () => {
    const { port, draining } = await start();
    expect(await healthOf(port)).toBe('SERVING');
    draining.abort();
    expect(await healthOf(port)).toBe('NOT_SERVING');
    expect(await clientOf(port).list()).toHaveLength(1);
  });

  it.each([
    ['a certificate without its key', { CLARION_TLS_CERTIFICATE: 'x' }],
    ['a key without its certificate', { CLARION_TLS_KEY: 'x' }],
    ['an authority alone', { CLARION_TLS_CLIENT_CA: 'x' }],
  ])('does not start with %s', async (_, variables) => {
    await expect(start(variables)).rejects.toMatchObject({ code: 'invalid-input' });
  });
});
