import { connect } from 'node:http2';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { ChannelCredentials, status } from '@grpc/grpc-js';
import { detectorV1, fileDescriptorSet } from '@clarion/proto';
import { type ListeningGrpcServer, startGrpcServer } from './index';

const path = '/clarion.detector.v1.DetectorService/ListDetectors';
const service = detectorV1.DetectorServiceService;
const long = 'a-detector-of-the-user '.repeat(1000);
let id = long;
const implementation: detectorV1.DetectorServiceServer = {
  listDetectors(_, callback) {
    callback(null, { detectors: [{ id, kind: 1, version: 1, title: '', files: undefined, lockFiles: false }] });
  },
  detect(stream, callback) {
    stream.resume();
    callback({ code: status.INVALID_ARGUMENT, details: 'not here' });
  },
};

let server: ListeningGrpcServer;
async function start(compressed: boolean): Promise<void> {
  server = await startGrpcServer({
    ...{ host: '127.0.0.1', port: 0, descriptors: fileDescriptorSet(), compressed },
    services: [{ name: 'clarion.detector.v1.DetectorService', definition: service, implementation }],
  });
}
afterEach(() => server.stop(AbortSignal.abort()));

/** The coding that the answer names, whether its message is compressed, and the message. */
async function ask(accepted: string | undefined, method = path) {
  const session = connect(`http://127.0.0.1:${server.port}`);
  const request = session.request({
    ...{ ':method': 'POST', ':path': method, 'content-type': 'application/grpc', te: 'trailers' },
    ...(accepted === undefined ? {} : { 'grpc-accept-encoding': accepted }),
  });
  const head = new Promise<Record<string, unknown>>((resolve) => request.once('response', resolve));
  const trailers = new Promise<Record<string, unknown>>((resolve) => request.once('trailers', resolve));
  request.end(Buffer.alloc(5));
  const body = await buffer(request);
  const { 'grpc-encoding': coding, 'grpc-status': early } = await head;
  const ended = early ?? (await trailers)['grpc-status'];
  session.destroy();
  const frame = { flag: body[0], message: body.subarray(5) };
  if (body.length > 0) expect(body.readUInt32BE(1)).toBe(frame.message.length);
  return { coding, status: Number(ended), ...frame };
}

const decoded = (message: Uint8Array) =>
  service.listDetectors.responseDeserialize(Buffer.from(message)).detectors[0]?.id;

describe('answers of a server that compresses', () => {
  beforeEach(async () => {
    id = long;
    await start(true);
  });

  it.each(['gzip', 'identity, deflate, gzip', 'identity,gzip'])(
    'are gzip for a caller that accepts %s',
    async (accepted) => {
      const { coding, flag, message, status } = await ask(accepted);
      expect([coding, flag, status]).toEqual(['gzip', 1, 0]);
      expect(message.length).toBeLessThan(2000);
      expect(decoded(gunzipSync(message))).toBe(long);
    },
  );

  it.each([undefined, '', 'identity', 'deflate', 'xgzip'])('are plain for one that accepts %p', async (accepted) => {
    const { coding, flag, message, status } = await ask(accepted);
    expect([coding, flag, status]).toEqual(['identity', 0, 0]);
    expect(decoded(message)).toBe(long);
  });

  it('are plain where they are short', async () => {
    id = 'short';
    const { coding, flag, message, status } = await ask('gzip');
    expect([coding, flag, status, decoded(message)]).toEqual(['gzip', 0, 0, 'short']);
  });

  it('have the status of an error', async () => {
    expect(await ask('gzip', '/clarion.detector.v1.DetectorService/Detect')).toMatchObject({ status: 3 });
  });

  it('are read by the client of the library', async () => {
    const client = new detectorV1.DetectorServiceClient(
      `localhost:${server.port}`,
      ChannelCredentials.createInsecure(),
    );
    const answers = Array.from(
      { length: 20 },
      () =>
        new Promise((resolve, reject) => {
          client.listDetectors({}, (error, answer) => {
            if (error === null) resolve(answer.detectors[0]?.id);
            else reject(error);
          });
        }),
    );
    expect(new Set(await Promise.all(answers))).toEqual(new Set([long]));
    client.close();
  });
});

it('answers are plain where the server does not compress', async () => {
  await start(false);
  const { coding, flag, message } = await ask('gzip');
  expect([coding, flag, decoded(message)]).toEqual(['identity', 0, id]);
});
