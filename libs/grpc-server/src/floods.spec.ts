import { connect, type Socket } from 'node:net';
import { ChannelCredentials } from '@grpc/grpc-js';
import { detectorV1, fileDescriptorSet } from '@clarion/proto';
import { type EndedCall, type ListeningGrpcServer, startGrpcServer } from './index';

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

const [headers, reset, settings, ping, goAway, continuation] = [1, 3, 4, 6, 7, 9];
const endHeaders = 4;

interface Frame {
  readonly type: number;
  readonly flags?: number;
  readonly stream?: number;
  readonly payload?: Uint8Array;
}

/** RFC 9113, section 4.1. */
function frame({ type, flags = 0, stream = 0, payload = Buffer.alloc(0) }: Frame): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

/** A header with a name of its own, not indexed, without Huffman codes (RFC 7541, section 6.2.2); short ones only. */
function header(name: string, value: string): Buffer {
  return Buffer.concat([
    Buffer.from([0, name.length]),
    Buffer.from(name),
    Buffer.from([value.length]),
    Buffer.from(value),
  ]);
}

/** A call of gRPC whose message does not come. */
const call = Buffer.concat([
  // :method POST and :scheme http are in the table that both sides have.
  Buffer.from([0x83, 0x86]),
  header(':authority', 'a'),
  header(':path', path),
  header('te', 'trailers'),
  header('content-type', 'application/grpc'),
]);

/** A caller who sends frames as they come to mind, and counts those that are answered, by their type. */
class Attacker {
  readonly answers = new Map<number, number>();
  readonly closed: Promise<unknown>;
  readonly #socket: Socket;
  #rest = Buffer.alloc(0);

  constructor() {
    this.#socket = connect(server.port, '127.0.0.1');
    this.closed = new Promise((resolve) => this.#socket.once('close', resolve));
    this.#socket
      .on('error', () => undefined)
      .on('data', (bytes: Buffer) => {
        this.#count(bytes);
      });
    this.#socket.write('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
    this.#socket.write(frame({ type: settings }));
  }

  get isClosed(): boolean {
    return this.#socket.destroyed;
  }

  /** Resolves when the system has taken the frames, or the connection is closed. */
  async send(frames: readonly Buffer[]): Promise<void> {
    const bytes = Buffer.concat(frames);
    await Promise.race([this.closed, new Promise((resolve) => this.#socket.write(bytes, resolve))]);
  }

  /** Resolves when all that was sent is handled: a ping comes back, or the connection is closed. */
  async handled(): Promise<void> {
    const before = this.answers.get(ping) ?? 0;
    await this.send([frame({ type: ping, payload: Buffer.alloc(8) })]);
    await this.answered(ping, before + 1);
  }

  /** Resolves when so many frames of a type have come, or the connection is closed. */
  async answered(type: number, count = 1): Promise<void> {
    while (!this.isClosed && (this.answers.get(type) ?? 0) < count) await served();
  }

  end(): void {
    this.#socket.destroy();
  }

  #count(bytes: Buffer): void {
    this.#rest = Buffer.concat([this.#rest, bytes]);
    while (this.#rest.length >= 9 && this.#rest.length >= 9 + this.#rest.readUIntBE(0, 3)) {
      const type = this.#rest.readUInt8(3);
      this.answers.set(type, (this.answers.get(type) ?? 0) + 1);
      this.#rest = this.#rest.subarray(9 + this.#rest.readUIntBE(0, 3));
    }
  }
}

const cancel = Buffer.from([0, 0, 0, 8]);

describe('floods of HTTP/2 frames, while another caller is served', () => {
  it('rapid resets: calls end long before the attacker does', async () => {
    const attacker = new Attacker();
    let stream = 1;
    for (let batch = 0; batch < 100 && !attacker.isClosed; batch += 1) {
      const frames: Buffer[] = [];
      for (let n = 0; n < 200; n += 1, stream += 2) {
        frames.push(frame({ type: headers, flags: endHeaders, stream, payload: call }));
        frames.push(frame({ type: reset, stream, payload: cancel }));
      }
      await attacker.send(frames);
      expect(await served()).toBe(true);
    }
    // From here on nothing of this connection begins a call.
    await attacker.answered(goAway);
    const attacked = calls.filter(({ method }) => method === path.slice(1)).length;
    // 20,000 were sent; a thousand are free, and a few more each second.
    expect(attacked).toBeGreaterThan(0);
    expect(attacked).toBeLessThan(5000);
    attacker.end();
  });

  it('calls beyond the limit of a connection are refused', async () => {
    const attacker = new Attacker();
    const frames = Array.from({ length: 500 }, (_, n) =>
      frame({ type: headers, flags: endHeaders, stream: 2 * n + 1, payload: call }),
    );
    await attacker.send(frames);
    await attacker.handled();
    expect(await served()).toBe(true);
    expect(attacker.answers.get(reset)).toBe(400);
    attacker.end();
  });

  it.each([
    ['pings', frame({ type: ping, payload: Buffer.alloc(8) })],
    ['settings', frame({ type: settings, payload: Buffer.from([0, 4, 0, 0, 255, 255]) })],
  ])('%s: the connection is destroyed', async (_what, one) => {
    const attacker = new Attacker();
    while (!attacker.isClosed) {
      await attacker.send(Array<Buffer>(5000).fill(one));
      expect(await served()).toBe(true);
    }
  });

  it.each([
    ['headers without end', header('a', 'b')],
    ['nothing', Buffer.alloc(0)],
  ])('continuation of %s: the connection is destroyed', async (_what, payload) => {
    const attacker = new Attacker();
    await attacker.send([frame({ type: headers, stream: 1, payload: call })]);
    while (!attacker.isClosed) {
      await attacker.send(Array<Buffer>(20).fill(frame({ type: continuation, stream: 1, payload })));
      expect(await served()).toBe(true);
    }
    expect(calls.filter(({ method }) => method === path.slice(1))).toEqual([]);
  });

  it('metadata beyond its limit: no call', async () => {
    const attacker = new Attacker();
    const many = Array.from({ length: 200 }, () => header('x-many', 'y'.repeat(100)));
    const payload = Buffer.concat([call, ...many]).subarray(0, 16_000);
    const length = call.length + Math.floor((payload.length - call.length) / many[0]!.length) * many[0]!.length;
    await attacker.send([frame({ type: headers, flags: endHeaders, stream: 1, payload: payload.subarray(0, length) })]);
    await attacker.handled();
    expect(await served()).toBe(true);
    expect(calls.filter(({ method }) => method === path.slice(1))).toEqual([]);
    attacker.end();
  });
});
