import { ChannelCredentials } from '@grpc/grpc-js';
import { detectorV1, fileDescriptorSet } from '@clarion/proto';
import { type EndedCall, type ListeningGrpcServer, startGrpcServer } from './index';
import { callOf, endHeaders, frame, frames, header, RawCaller } from '../testing/raw-caller';

const path = '/clarion.detector.v1.DetectorService/Detect';
const calls: EndedCall[] = [];
let server: ListeningGrpcServer;
let good: detectorV1.DetectorServiceClient;

beforeAll(async () => {
  server = await startGrpcServer({
    ...{ host: '127.0.0.1', port: 0, descriptors: fileDescriptorSet(), limits: { streams: 100 } },
    services: [
      {
        name: 'clarion.detector.v1.DetectorService',
        definition: detectorV1.DetectorServiceService,
        implementation: {
          listDetectors(_call, callback) {
            callback(null, { detectors: [] });
          },
          detect: () => undefined,
        } satisfies detectorV1.DetectorServiceServer,
      },
    ],
    onCall: (call) => calls.push(call),
  });
  good = new detectorV1.DetectorServiceClient(`127.0.0.1:${server.port}`, ChannelCredentials.createInsecure());
});
afterAll(async () => {
  good.close();
  await server.stop(AbortSignal.abort());
});
beforeEach(() => calls.splice(0));

const served = (): Promise<boolean> =>
  new Promise((resolve) => {
    good.listDetectors({}, (error) => {
      resolve(error === null);
    });
  });

const attack = (): RawCaller => new RawCaller(server.port, served);

/** A call whose message does not arrive. */
const call = callOf(path);
const cancel = Buffer.from([0, 0, 0, 8]);

describe('floods of HTTP/2 frames, while another caller is served', () => {
  it('rapid resets: calls end long before the attack does', async () => {
    const attacker = attack();
    let stream = 1;
    for (let batch = 0; batch < 100 && !attacker.isClosed; batch += 1) {
      const sent: Buffer[] = [];
      for (let n = 0; n < 200; n += 1, stream += 2) {
        sent.push(frame({ type: frames.headers, flags: endHeaders, stream, payload: call }));
        sent.push(frame({ type: frames.reset, stream, payload: cancel }));
      }
      await attacker.send(sent);
      expect(await served()).toBe(true);
    }
    // From here on nothing of this connection starts a call.
    await attacker.answered(frames.goAway);
    const attacked = calls.filter(({ method }) => method === path.slice(1)).length;
    // 20,000 were sent; a thousand are free, and a few more each second.
    expect(attacked).toBeGreaterThan(0);
    expect(attacked).toBeLessThan(5000);
    attacker.end();
  });

  it('calls beyond the limit of a connection are rejected', async () => {
    const attacker = attack();
    const sent = Array.from({ length: 500 }, (_, n) =>
      frame({ type: frames.headers, flags: endHeaders, stream: 2 * n + 1, payload: call }),
    );
    await attacker.send(sent);
    await attacker.handled();
    expect(await served()).toBe(true);
    expect(attacker.answers.get(frames.reset)).toBe(400);
    attacker.end();
  });

  it.each([
    ['pings', frame({ type: frames.ping, payload: Buffer.alloc(8) })],
    ['settings', frame({ type: frames.settings, payload: Buffer.from([0, 4, 0, 0, 255, 255]) })],
  ])('%s: the connection is destroyed', async (_what, one) => {
    const attacker = attack();
    while (!attacker.isClosed) {
      await attacker.send(Array<Buffer>(5000).fill(one));
      expect(await served()).toBe(true);
    }
  });

  it.each([
    ['headers without end', header('a', 'b')],
    ['nothing', Buffer.alloc(0)],
  ])('continuation of %s: the connection is destroyed', async (_what, payload) => {
    const attacker = attack();
    await attacker.send([frame({ type: frames.headers, stream: 1, payload: call })]);
    while (!attacker.isClosed) {
      await attacker.send(Array<Buffer>(20).fill(frame({ type: frames.continuation, stream: 1, payload })));
      expect(await served()).toBe(true);
    }
    expect(calls.filter(({ method }) => method === path.slice(1))).toEqual([]);
  });

  it('metadata beyond its limit: no call', async () => {
    const attacker = attack();
    const many = Array.from({ length: 200 }, () => header('x-many', 'y'.repeat(100)));
    const payload = Buffer.concat([call, ...many]).subarray(0, 16_000);
    const length = call.length + Math.floor((payload.length - call.length) / many[0]!.length) * many[0]!.length;
    await attacker.send([
      frame({ type: frames.headers, flags: endHeaders, stream: 1, payload: payload.subarray(0, length) }),
    ]);
    await attacker.handled();
    expect(await served()).toBe(true);
    expect(calls.filter(({ method }) => method === path.slice(1))).toEqual([]);
    attacker.end();
  });
});
