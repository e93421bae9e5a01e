import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:http2';
import { type AddressInfo, connect as connectTcp, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ChannelCredentials, type Client, Metadata, type ServiceError, status } from '@grpc/grpc-js';
import { BinaryWriter } from '@bufbuild/protobuf/wire';
import { loadFileDescriptorSetFromBuffer, loadSync } from '@grpc/proto-loader';
import { service as healthService } from 'grpc-health-check';
import { detectorV1, fileDescriptorSet } from '@clarion/proto';
import { until } from '@clarion/test-kit';
import { bearerGuard, createGrpcServer, type EndedCall, type ListeningGrpcServer, startGrpcServer } from './index';

const name = 'clarion.detector.v1.DetectorService';
const reflectionPath = '/grpc.reflection.v1.ServerReflection/ServerReflectionInfo';
const forced = AbortSignal.abort();

/** Lists nothing; Detect answers when the stream ends, or never if it is empty. */
let detectCalls = 0;
const implementation: detectorV1.DetectorServiceServer = {
  listDetectors(_, callback) {
    callback(null, { detectors: [] });
  },
  detect(stream, callback) {
    detectCalls += 1;
    let frames = 0;
    stream.on('data', () => (frames += 1));
    stream.on('end', () => {
      if (frames > 0) callback(null, { results: [] });
    });
    stream.on('error', () => undefined);
  },
};

describe('startGrpcServer', () => {
  let server: ListeningGrpcServer;
  const open: Client[] = [];
  const start = async (options: Partial<Parameters<typeof startGrpcServer>[0]> = {}): Promise<void> => {
    server = await startGrpcServer({
      host: '127.0.0.1',
      port: 0,
      services: [{ name, definition: detectorV1.DetectorServiceService, implementation }],
      descriptors: fileDescriptorSet(),
      ...options,
    });
  };
  const stub = (credentials = ChannelCredentials.createInsecure()): detectorV1.DetectorServiceClient => {
    const client = new detectorV1.DetectorServiceClient(`localhost:${server.port}`, credentials);
    open.push(client);
    return client;
  };
  const list = (client: detectorV1.DetectorServiceClient, metadata = new Metadata()): Promise<string> =>
    new Promise((resolve) => {
      client.listDetectors({}, metadata, { deadline: Date.now() + 10_000 }, (error) => {
        resolve(error === null ? 'OK' : `${status[error.code]}: ${error.details}`);
      });
    });
  const check = (service: string): Promise<unknown> => {
    const client = stub();
    const { path, requestSerialize, responseDeserialize } = healthService['Check']!;
    return new Promise((resolve) => {
      client.makeUnaryRequest(path, requestSerialize, responseDeserialize, { service }, (error, response) => {
        resolve(error === null ? (response as unknown as { status: string }).status : status[error.code]);
      });
    });
  };
  afterEach(async () => {
    detectCalls = 0;
    open.splice(0).forEach((client) => {
      client.close();
    });
    await server.stop(forced);
  });

  it('reports the health of the server and of each service, also to callers without a token', async () => {
    await start({ guard: bearerGuard('s3cret') });
    expect([await check(''), await check(name), await check('other')]).toEqual(['SERVING', 'SERVING', 'NOT_FOUND']);
    server.setServing(false);
    expect([await check(''), await check(name)]).toEqual(['NOT_SERVING', 'NOT_SERVING']);
  });

  it.each([
    ['Bearer s3cret', 'OK'],
    ['bearer s3cret', 'OK'],
    ['Bearer s3cre', 'UNAUTHENTICATED: Not authenticated'],
    ['Bearer s3cret ', 'UNAUTHENTICATED: Not authenticated'],
    ['Basic s3cret', 'UNAUTHENTICATED: Not authenticated'],
    ['s3cret', 'UNAUTHENTICATED: Not authenticated'],
    ['', 'UNAUTHENTICATED: Not authenticated'],
  ])('with a guard, answers authorization %j with %s', async (authorization, answer) => {
    await start({ guard: bearerGuard('s3cret') });
    const metadata = new Metadata();
    if (authorization !== '') metadata.set('authorization', authorization);
    expect(await list(stub(), metadata)).toBe(answer);
  });

  it('describes its services by reflection, and only those', async () => {
    await start();
    const reflection = loadSync(join(__dirname, 'testdata', 'reflection.proto'), { keepCase: true, oneofs: true });
    const { requestSerialize, responseDeserialize } = (
      reflection['grpc.reflection.v1.ServerReflection'] as unknown as typeof healthService
    )['ServerReflectionInfo']!;
    const call = stub().makeBidiStreamRequest(reflectionPath, requestSerialize, responseDeserialize);
    const answers: Record<string, never>[] = [];
    call.on('data', (answer: Record<string, never>) => answers.push(answer));
    call.write({ list_services: '' });
    call.write({ file_containing_symbol: name });
    call.write({ file_containing_symbol: 'grpc.health.v1.Health' });
    call.write({ file_containing_symbol: 'no.such.Symbol' });
    call.write({ file_containing_symbol: 'clarion.v1.FeedService' });
    call.end();
    await new Promise((resolve) => call.on('end', resolve));
    expect(answers[0]).toMatchObject({
      list_services_response: { service: [{ name }, { name: 'grpc.health.v1.Health' }] },
    });
    const [own] = (answers[1] as { file_descriptor_response?: { file_descriptor_proto: Buffer[] } })
      .file_descriptor_response!.file_descriptor_proto;
    expect(own!.toString('latin1')).toContain('clarion/detector/v1/detector.proto');
    expect(answers[2]).toHaveProperty('file_descriptor_response');
    // Clients get a self-contained set: types of other packages (timestamps) are included.
    const files = (answers[4] as { file_descriptor_response?: { file_descriptor_proto: Buffer[] } })
      .file_descriptor_response!.file_descriptor_proto;
    const set = files.map((bytes) => new BinaryWriter().uint32(10).bytes(bytes).finish());
    const names = Object.keys(loadFileDescriptorSetFromBuffer(Buffer.concat(set)));
    expect(names).toEqual(expect.arrayContaining(['clarion.v1.FeedService', 'google.protobuf.Timestamp']));
    expect(answers[3]).toMatchObject({ error_response: { error_code: status.NOT_FOUND } });
  });

  it('reports how each call ended', async () => {
    const calls: EndedCall[] = [];
    await start({ onCall: (call) => calls.push(call), guard: bearerGuard('s3cret') });
    const metadata = new Metadata();
    metadata.set('authorization', 'Bearer s3cret');
    await list(stub(), metadata);
    await list(stub());
    const abandoned = stub().detect(metadata, () => undefined);
    await until('the call is there', () => detectCalls === 1);
    abandoned.cancel();
    await until('all have ended', () => calls.length === 3);
    expect(calls.map(({ method, code }) => [method, code])).toEqual([
      [`${name}/ListDetectors`, 'OK'],
      [`${name}/ListDetectors`, 'UNAUTHENTICATED'],
      [`${name}/Detect`, 'CANCELLED'],
    ]);
    expect(calls.every(({ seconds, peer }) => seconds >= 0 && /127\.0\.0\.1|::/.test(peer))).toBe(true);
  });

  it('does not report unknown methods that callers invent', async () => {
    const calls: EndedCall[] = [];
    await start({ onCall: (call) => calls.push(call) });
    const same = (value: Buffer): Buffer => value;
    const code = await new Promise((resolve) => {
      stub().makeUnaryRequest('/made.up/Method', same, same, Buffer.alloc(0), (error) => {
        resolve(error?.code);
      });
    });
    expect(code).toBe(status.UNIMPLEMENTED);
    expect(calls).toEqual([]);
  });

  it('accepts no message beyond its limit', async () => {
    await start({ maxMessageBytes: 1000 });
    const error = await new Promise<ServiceError | null>((resolve) => {
      const call = stub().detect(resolve);
      call.on('error', () => undefined);
      call.write({ frame: { $case: 'chunk', value: Buffer.alloc(1001) } });
    });
    expect(error?.code).toBe(status.RESOURCE_EXHAUSTED);
  });

  it('ends calls with incomplete requests, and no others', async () => {
    await start({ limits: { requestMillis: 200 } });
    const half = new Promise<string | undefined>((resolve) => {
      stub()
        .detect((error) => {
          resolve(error === null ? undefined : `${status[error.code]}: ${error.details}`);
        })
        .write({ frame: { $case: 'end', value: {} } });
    });
    let state = 'waits';
    const whole = stub().detect((error) => (state = error === null ? 'answered' : error.details));
    // Its handler never answers a request without frames.
    whole.end();
    expect(await half).toBe('DEADLINE_EXCEEDED: The request took too long');
    expect([await list(stub()), state]).toEqual(['OK', 'waits']);
    whole.cancel();
  });

  it('gives the slot of a silent connection to a later one', async () => {
    await start({ limits: { connections: 1 } });
    const first = connectTcp(server.port, '127.0.0.1');
    await new Promise((resolve) => first.once('connect', resolve));
    const closed = new Promise((resolve) => first.on('error', () => undefined).once('close', resolve));
    expect(await list(stub())).toBe('OK');
    await closed;
  });

  it('lets calls end before it stops, and accepts no new ones', async () => {
    await start();
    let answered = false;
    const call = stub().detect(() => (answered = true));
    call.write({ frame: { $case: 'end', value: {} } });
    await until('the call is there', () => detectCalls === 1);
    const stopped = server.stop(new AbortController().signal).then(() => answered);
    expect(await list(stub())).toMatch(/^UNAVAILABLE/);
    call.end();
    expect(await stopped).toBe(true);
  });

  it('cancels calls when its time to stop is over', async () => {
    await start();
    const code = new Promise<number | undefined>((resolve) => {
      stub().detect((error) => {
        resolve(error?.code);
      });
    });
    await until('the call is there', () => detectCalls === 1);
    await server.stop(AbortSignal.timeout(50));
    expect([status.CANCELLED, status.UNAVAILABLE]).toContain(await code);
  });

  it('survives requests that are not gRPC', async () => {
    await start();
    const session = connect(`http://127.0.0.1:${server.port}`);
    const request = session.request({ ':method': 'POST', ':path': `/${name}/Detect`, 'content-type': 'text/plain' });
    const answer = await new Promise((resolve) =>
      request.on('response', (headers) => {
        resolve(headers[':status']);
      }),
    );
    session.destroy();
    expect(answer).toBe(415);
    expect(await list(stub())).toBe('OK');
  });

  it('serves connections that others have accepted', async () => {
    await start();
    const injected = createGrpcServer({
      services: [{ name, definition: detectorV1.DetectorServiceService, implementation }],
      descriptors: fileDescriptorSet(),
    });
    const front = createServer((socket) => {
      injected.inject(socket);
    });
    await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve));
    const { port } = front.address() as AddressInfo;
    const client = new detectorV1.DetectorServiceClient(`127.0.0.1:${port}`, ChannelCredentials.createInsecure());
    open.push(client);
    expect(await list(client)).toBe('OK');
    front.close();
    await injected.stop(forced);
    expect(await list(client)).toMatch(/^UNAVAILABLE/);
  });

  it('reports where it cannot listen', async () => {
    await start();
    jest.spyOn(console, 'error').mockImplementation();
    await expect(
      startGrpcServer({ host: '127.0.0.1', port: server.port, services: [], descriptors: fileDescriptorSet() }),
    ).rejects.toMatchObject({
      code: 'invalid-input',
      message: expect.stringContaining(`127.0.0.1:${server.port}`) as string,
    });
  });

  describe('with TLS', () => {
    const folder = mkdtempSync(join(tmpdir(), 'clarion-tls-'));
    const pem = (file: string): Buffer => readFileSync(join(folder, file));
    afterAll(() => {
      rmSync(folder, { recursive: true });
    });
    beforeAll(() => {
      for (const who of ['server', 'client']) {
        const made = spawnSync('openssl', [
          ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '1'],
          ...['-keyout', join(folder, `${who}.key`), '-out', join(folder, `${who}.pem`)],
          ...['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'],
        ]);
        expect(made.status).toBe(0);
      }
    });

    it('serves clients that trust its certificate, and no plain text', async () => {
      await start({ tls: { material: { cert: pem('server.pem').toString(), key: pem('server.key').toString() } } });
      expect(await list(stub(ChannelCredentials.createSsl(pem('server.pem'))))).toBe('OK');
      expect(await list(stub(ChannelCredentials.createSsl(pem('client.pem'))))).toMatch(/^UNAVAILABLE/);
      expect(await list(stub())).toMatch(/^UNAVAILABLE/);
    });

    it('requires a client certificate if it has authorities for them', async () => {
      const [cert, key, ca] = ['server.pem', 'server.key', 'client.pem'].map((name) => pem(name).toString());
      await start({ tls: { material: { cert: cert ?? '', key: key ?? '', ca: ca ?? '' } } });
      const mutual = ChannelCredentials.createSsl(pem('server.pem'), pem('client.key'), pem('client.pem'));
      expect(await list(stub(mutual))).toBe('OK');
      expect(await list(stub(ChannelCredentials.createSsl(pem('server.pem'))))).toMatch(/^UNAVAILABLE/);
    });
  });
});
