import type { Detector, Log } from '@clarion/model';
import { bearerGuard, type ListeningGrpcServer, startGrpcServer } from '@clarion/grpc-server';
import { detectorV1, fileDescriptorSet } from '@clarion/proto';
import { describeDetectorClientContract, hashingDetector, slowly, testBudget, until } from '@clarion/test-kit';
import { detectorService, type DetectorServiceOptions } from './detector-service';
import { grpcDetectorClient, type GrpcDetectorClient } from './grpc-detector-client';

const name = 'clarion.detector.v1.DetectorService';
const aborted = AbortSignal.abort();

function serve(
  options: DetectorServiceOptions,
  server: Partial<Parameters<typeof startGrpcServer>[0]> = {},
): Promise<ListeningGrpcServer> {
  return startGrpcServer({
    host: '127.0.0.1',
    port: 0,
    services: [{ name, definition: detectorV1.DetectorServiceService, implementation: detectorService(options) }],
    descriptors: fileDescriptorSet(),
    ...server,
  });
}

describeDetectorClientContract('gRPC', async (detectors) => {
  const server = await serve({ detectors });
  const client = grpcDetectorClient({ address: `127.0.0.1:${server.port}` });
  return {
    client,
    async close() {
      client.close();
      await server.stop(new AbortController().signal);
    },
  };
});

/** A detector that signals when it has begun and waits for permission to continue. */
function pausing(): { detector: Detector; begun: Promise<void>; go: () => void } {
  let go = (): void => undefined;
  let begin = (): void => undefined;
  const gate = new Promise<void>((resolve) => (go = resolve));
  const begun = new Promise<void>((resolve) => (begin = resolve));
  const detector: Detector = {
    ...hashingDetector,
    id: 'pausing',
    async detect() {
      begin();
      await gate;
      return {};
    },
  };
  return { detector, begun, go };
}

describe('grpcDetectorClient', () => {
  const files = [{ path: 'a/1', content: Buffer.from('1') }];
  let servers: ListeningGrpcServer[] = [];
  let clients: GrpcDetectorClient[] = [];
  const started = async (...given: Parameters<typeof serve>): Promise<ListeningGrpcServer> => {
    const server = await serve(...given);
    servers.push(server);
    return server;
  };
  const connected = (
    port: number,
    options: Omit<Parameters<typeof grpcDetectorClient>[0], 'address'> = {},
  ): GrpcDetectorClient => {
    const client = grpcDetectorClient({ address: `127.0.0.1:${port}`, ...options });
    clients.push(client);
    return client;
  };
  afterEach(async () => {
    clients.forEach((client) => {
      client.close();
    });
    await Promise.all(servers.map((server) => server.stop(aborted)));
    servers = [];
    clients = [];
  });
  const error = (code: string, message: RegExp): unknown =>
    expect.objectContaining({ code, message: expect.stringMatching(message) as string });

  it('fails with an error worth another try when the service dies while it works', async () => {
    const { detector, begun } = pausing();
    const server = await started({ detectors: [detector] });
    const client = connected(server.port, { attempts: 2 });
    const answer = client.detect([{ detector: 'pausing', files }]);
    await begun;
    await server.stop(aborted);
    await expect(answer).rejects.toEqual(
      error('upstream-unavailable', /^The detector service 127\.0\.0\.1:\d+ cannot be reached/),
    );
    await expect(answer).rejects.toMatchObject({ retryable: true });
    expect(await client.ready()).toBe(false);
  });

  it('continues with a service that returns during the retries', async () => {
    const { detector, begun } = pausing();
    const first = await started({ detectors: [detector] });
    const warnings: string[] = [];
    const ignore = (): void => undefined;
    const log: Log = { debug: ignore, info: ignore, warn: (message) => void warnings.push(message), error: ignore };
    const client = connected(first.port, { attempts: 20, log });
    const answer = client.detect([{ detector: 'pausing', files }]);
    await begun;
    await first.stop(aborted);
    await until('it has tried twice in vain', () => warnings.length > 1);
    await started({ detectors: [{ ...hashingDetector, id: 'pausing' }] }, { port: first.port });
    await expect(answer).resolves.toMatchObject([{ detector: 'pausing', features: [{ path: 'a/1' }] }]);
  });

  it('requests the detectors again from a service that was restarted', async () => {
    const first = await started({ detectors: [hashingDetector] });
    const client = connected(first.port);
    expect((await client.list())[0]?.version).toBe(3);
    await first.stop(aborted);
    // The channel has noticed that the service is gone.
    expect(await client.ready()).toBe(false);
    await started({ detectors: [{ ...hashingDetector, version: 4 }] }, { port: first.port });
    await expect(client.detect([{ detector: 'hashing', files }])).resolves.toHaveLength(1);
    expect((await client.list())[0]?.version).toBe(4);
  });

  it('stops at its deadline', async () => {
    const { detector, go } = pausing();
    const server = await started({ detectors: [detector] });
    const client = connected(server.port, { deadlineMillis: 300 });
    await expect(client.detect([{ detector: 'pausing', files }])).rejects.toEqual(
      error('upstream-unavailable', /did not answer in time/),
    );
    go();
  });

  it('fails soon when there is no server', async () => {
    const client = connected(1, { attempts: 2 });
    await expect(client.list()).rejects.toMatchObject({
      code: 'upstream-unavailable',
      message: 'The detector service 127.0.0.1:1 cannot be reached (ECONNREFUSED)',
      remedy: expect.stringMatching(/^check that it runs, .* CLARION_DETECTORS$/) as string,
    });
  });

  it('requests the detectors once per connection', async () => {
    let lists = 0;
    const onCall = ({ method }: { method: string }): void => {
      if (method.endsWith('ListDetectors')) lists += 1;
    };
    const server = await started({ detectors: [hashingDetector] }, { onCall });
    const client = connected(server.port);
    await client.list();
    await client.detect([{ detector: 'hashing', files }]);
    await client.list();
    expect(lists).toBe(1);
  });

  it('sends its token, and without one is permanently rejected', async () => {
    const server = await started({ detectors: [hashingDetector] }, { guard: bearerGuard('s3cret') });
    await expect(connected(server.port, { token: 's3cret' }).list()).resolves.toHaveLength(1);
    for (const token of ['wrong', undefined]) {
      const client = connected(server.port, token === undefined ? {} : { token });
      await expect(client.list()).rejects.toEqual(error('unauthorized', /Not authenticated/));
      await expect(client.detect([{ detector: 'hashing', files }])).rejects.toEqual(error('unauthorized', /Not/));
    }
  });

  it('reports that a layer exceeds the limit of the service', async () => {
    const server = await started({ detectors: [hashingDetector], limits: { bytes: 1000 } });
    const large = [{ path: 'a/1', content: Buffer.alloc(20_000_000) }];
    await expect(connected(server.port).detect([{ detector: 'hashing', files: large }])).rejects.toEqual(
      error('limit-exceeded', /The stream has more than 1000 bytes of files/),
    );
  });

  it('is let in one after the other where the service has no more room, over one connection', async () => {
    let running = 0;
    let most = 0;
    let second = (): void => undefined;
    const together = new Promise<void>((resolve) => (second = resolve));
    const detector: Detector = {
      ...hashingDetector,
      async detect(given) {
        most = Math.max(most, (running += 1));
        // The first one waits for a second one, however slowly that arrives; a third one in parallel would be detected.
        if (running === 2) second();
        await together;
        await slowly(20);
        running -= 1;
        return hashingDetector.detect(given, testBudget());
      },
    };
    const server = await started({ detectors: [detector], concurrency: 2, waiting: 10 });
    const client = connected(server.port);
    const content = Buffer.alloc(5_000_000, 1);
    const calls = Array.from({ length: 10 }, (_, index) =>
      client.detect([{ detector: 'hashing', files: [{ path: `a/${index}`, content }] }]),
    );
    const paths = (await Promise.all(calls)).map(([result]) => result?.features?.[0]?.path);
    expect(paths).toEqual(calls.map((_, index) => `a/${index}`));
    expect(most).toBe(2);
  });

  it('retries when too many calls wait', async () => {
    const { detector, begun, go } = pausing();
    const server = await started({ detectors: [detector, hashingDetector], concurrency: 1, waiting: 0 });
    const client = connected(server.port, { attempts: 20 });
    const first = client.detect([{ detector: 'pausing', files }]);
    await begun;
    const second = client.detect([{ detector: 'hashing', files }]);
    await expect(connected(server.port, { attempts: 1 }).detect([{ detector: 'hashing', files }])).rejects.toEqual(
      error('upstream-unavailable', /More layers wait/),
    );
    go();
    await expect(first).resolves.toHaveLength(1);
    await expect(second).resolves.toMatchObject([{ features: [{ path: 'a/1' }] }]);
  });
});
