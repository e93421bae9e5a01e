import { ChannelCredentials, Metadata, type status } from '@grpc/grpc-js';
import { detectorV1, fileDescriptorSet } from '@clarion/proto';
import { bearerGuard, type EndedCall, type ListeningGrpcServer, startGrpcServer } from './index';
import { callOf, endHeaders, endStream, frame, frames, messageOf, RawCaller } from '../testing/raw-caller';

const service = '/clarion.detector.v1.DetectorService';
const reflection = '/grpc.reflection.v1.ServerReflection/ServerReflectionInfo';
const authorization = 'Bearer s3cret';
const maxMessageBytes = 64 * 1024;

const calls: EndedCall[] = [];
const attackers: RawCaller[] = [];
/** Calls that are never answered. */
let answering = 0;
let server: ListeningGrpcServer;
let good: detectorV1.DetectorServiceClient;

async function start(limits: { readonly stallMillis?: number; readonly headersMillis?: number } = {}): Promise<void> {
  server = await startGrpcServer({
    ...{ host: '127.0.0.1', port: 0, descriptors: fileDescriptorSet(), limits, maxMessageBytes },
    guard: bearerGuard('s3cret'),
    services: [
      {
        name: service.slice(1),
        definition: detectorV1.DetectorServiceService,
        implementation: {
          listDetectors({ metadata }, callback) {
            if (metadata.get('x-wait').length > 0) answering += 1;
            else callback(null, { detectors: [] });
          },
          detect: () => undefined,
        } satisfies detectorV1.DetectorServiceServer,
      },
    ],
    onCall: (call) => calls.push(call),
  });
  good = new detectorV1.DetectorServiceClient(`127.0.0.1:${server.port}`, ChannelCredentials.createInsecure());
}

afterEach(async () => {
  for (const attacker of attackers.splice(0)) attacker.end();
  good.close();
  await server.stop(AbortSignal.abort());
  calls.splice(0);
  answering = 0;
});

const served = (): Promise<boolean> =>
  new Promise((resolve) => {
    const metadata = new Metadata();
    metadata.set('authorization', authorization);
    good.listDetectors({}, metadata, (error) => {
      resolve(error === null);
    });
  });

function attack(): RawCaller {
  const attacker = new RawCaller(server.port, served);
  attackers.push(attacker);
  return attacker;
}

const known = { authorization };
const open = (stream: number, method: string, more = {}): Buffer =>
  frame({ type: frames.headers, flags: endHeaders, stream, payload: callOf(method, more) });
const data = (stream: number, payload: Uint8Array, flags = 0): Buffer =>
  frame({ type: frames.data, flags, stream, payload });

/** Half a message: no faster than the server reads it, as HTTP/2 requires (RFC 9113, section 5.2). */
async function sendHalf(attacker: RawCaller, stream: number): Promise<void> {
  const bytes = messageOf({ says: maxMessageBytes, has: 48_000 });
  for (let at = 0; at < bytes.length; at += 16_000) {
    await attacker.send([data(stream, bytes.subarray(at, at + 16_000))]);
    await attacker.handled();
  }
}

const endedWith = (code: keyof typeof status): number => calls.filter((call) => call.code === code).length;

describe('messages that are never complete', () => {
  it('of an unknown caller: each call ends before any of it is read, and its slot is free', async () => {
    await start();
    const attacker = attack();
    for (let round = 1; round <= 3; round += 1) {
      const first = 1000 * round + 1;
      const streams = Array.from({ length: 250 }, (_, n) => first + 2 * n);
      await attacker.send(
        streams.flatMap((stream) => [
          open(stream, `${service}/ListDetectors`),
          data(stream, messageOf({ says: maxMessageBytes, has: 100 })),
        ]),
      );
      await attacker.answered(frames.reset, 250 * round);
      expect(attacker.answers.get(frames.headers)).toBe(250 * round);
    }
    expect(endedWith('UNAUTHENTICATED')).toBe(750);
  });

  it('of a known caller: the largest call ends when the calls of its connection use too much memory', async () => {
    await start();
    const attacker = attack();
    // A connection may hold four of the largest, 262,144 bytes.
    for (let n = 0; n < 5; n += 1) {
      await attacker.send([open(2 * n + 1, `${service}/ListDetectors`, known)]);
      await sendHalf(attacker, 2 * n + 1);
    }
    expect(endedWith('RESOURCE_EXHAUSTED')).toBe(0);
    await attacker.send([open(11, `${service}/ListDetectors`, known)]);
    await sendHalf(attacker, 11);
    await attacker.answered(frames.reset);
    expect([attacker.answers.get(frames.headers), endedWith('RESOURCE_EXHAUSTED')]).toEqual([1, 1]);
    expect([attacker.isClosed, await served()]).toEqual([false, true]);
  });

  it('of many connections: the one that buffers most is destroyed', async () => {
    await start();
    // All of them may hold 32 of the largest, 2,097,152 bytes: 43 halves fit, and the 44th does not.
    for (let n = 0; n < 9; n += 1) {
      const attacker = attack();
      for (let m = 0; m < 5 && !attackers.some(({ isClosed }) => isClosed); m += 1) {
        await attacker.send([open(2 * m + 1, `${service}/ListDetectors`, known)]);
        await sendHalf(attacker, 2 * m + 1);
      }
    }
    while (!attackers.some(({ isClosed }) => isClosed)) await served();
    expect(attackers.filter(({ isClosed }) => isClosed)).toHaveLength(1);
    expect(await served()).toBe(true);
  });

  it('of any caller, where no authentication is required: sixteen KiB', async () => {
    await start();
    const attacker = attack();
    await attacker.send([open(1, '/grpc.health.v1.Health/Check'), open(3, reflection, known)]);
    for (const stream of [1, 3]) await sendHalf(attacker, stream);
    await attacker.answered(frames.reset, 2);
    expect(endedWith('RESOURCE_EXHAUSTED')).toBe(2);
  });

  it('are awaited as long as bytes arrive; a call that is being answered has no deadline', async () => {
    await start({ stallMillis: 300 });
    const attacker = attack();
    const empty = messageOf({ says: 0, has: 0 });
    await attacker.send([open(1, `${service}/ListDetectors`, { ...known, 'x-wait': '1' }), data(1, empty, endStream)]);
    await attacker.handled();
    expect(answering).toBe(1);
    const half = data(3, messageOf({ says: 100, has: 10 }));
    await attacker.send([open(3, `${service}/ListDetectors`, known), half, open(5, `${service}/ListDetectors`, known)]);
    // Two stall, one within its message and one before it; the first is still answered.
    await attacker.answered(frames.reset, 2);
    expect(endedWith('DEADLINE_EXCEEDED')).toBe(2);
    expect(attacker.answers.get(frames.headers)).toBe(2);
  });
});

describe('HTTP/2 connections without a complete call', () => {
  it('are closed; one with a call is not', async () => {
    await start({ headersMillis: 500 });
    expect(await served()).toBe(true);
    const [nothing, half, foreign] = [attack(), attack(), attack()];
    await half.send([frame({ type: frames.headers, stream: 1, payload: callOf(`${service}/Detect`) })]);
    await foreign.send([open(1, '/no.such.Service/Method')]);
    const refused = attack();
    await refused.send([open(1, `${service}/Detect`)]);
    await Promise.all([nothing, half, foreign].map(({ closed }) => closed));
    expect([refused.isClosed, await served()]).toEqual([false, true]);
    // HTTP/2 pings without an answer would detect this only after 80 s.
  }, 30_000);
});
