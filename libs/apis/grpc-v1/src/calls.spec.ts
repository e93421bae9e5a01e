import { connect } from 'node:http2';
import { neutralRemedy } from '@clarion/egress';
import { type ServiceDefinition, status } from '@grpc/grpc-js';
import { ClarionError } from '@clarion/model';
import { clarionV1 } from '@clarion/proto';
import { PreconditionError } from '@clarion/use-cases';
import {
  ask,
  type Caller,
  type TestedGrpcApi,
  metadataOf,
  type CallError,
  errorOf,
  startGrpcApi,
} from '../testing/grpc-client';
import { type UseCaseGroups, useCasesOf } from '../testing/some-use-cases';

const digest = `sha256:${'a'.repeat(64)}`;
const getImage = { digest, waitSeconds: 0 };

let api: TestedGrpcApi;
let open: TestedGrpcApi | undefined;
const start = async (groups: UseCaseGroups = {}): Promise<void> => {
  open = api = await startGrpcApi(useCasesOf(groups));
};
afterEach(async () => {
  await open?.close();
  open = undefined;
});

describe('access', () => {
  const callers: readonly Caller[] = ['nobody', 'stranger', 'reader', 'scanner', 'operator', 'administrator'];
  const services: readonly [string, ServiceDefinition][] = [
    ['images', clarionV1.ImageServiceService],
    ['vulnerabilities', clarionV1.VulnerabilityServiceService],
    ['feeds', clarionV1.FeedServiceService],
    ['history', clarionV1.HistoryServiceService],
    ['notifications', clarionV1.NotificationServiceService],
  ];
  const needed: Readonly<Record<string, Caller>> = {
    SubmitImage: 'scanner',
    UploadImage: 'scanner',
    DeleteImage: 'administrator',
    PutOwnVulnerability: 'operator',
    DeleteOwnVulnerability: 'operator',
    UpdateFeed: 'operator',
    AcknowledgeNotification: 'operator',
    ReplayNotification: 'operator',
  };
  const methods = services.flatMap(([, definition]) => Object.values(definition).map(({ path }) => path));

  it('is defined for all 24 methods', () => {
    expect(methods).toHaveLength(24);
    expect(Object.keys(needed).every((name) => methods.some((path) => path.endsWith(`/${name}`)))).toBe(true);
  });

  it.each(methods)('%s', async (path) => {
    await start();
    const role = needed[path.slice(path.lastIndexOf('/') + 1)] ?? 'reader';
    for (const caller of callers) {
      const refused = await callEmpty(path, caller);
      const wanted =
        caller === 'nobody' || caller === 'stranger'
          ? 'unauthenticated'
          : callers.indexOf(caller) < callers.indexOf(role)
            ? 'forbidden'
            : undefined;
      // An authorised caller gets the error of the empty request, or that nothing was found.
      if (wanted === undefined) expect(refused?.reason).toMatch(/^(invalid-input|not-found)$/);
      else expect(refused?.reason).toBe(wanted);
    }
    expect(api.failures).toEqual(['none', 'static']);
    expect(api.logged).toEqual([]);
  });

  /** Calls a method, whatever its kind, with an empty message. */
  function callEmpty(path: string, caller: Caller): Promise<CallError | undefined> {
    const same = (bytes: Buffer): Buffer => bytes;
    return new Promise((resolve) => {
      const call = api.images.makeBidiStreamRequest(path, same, same, metadataOf(caller));
      call.on('data', () => undefined);
      call.on('error', (error) => {
        resolve(errorOf(error as Parameters<typeof errorOf>[0]));
      });
      call.on('end', () => {
        resolve(undefined);
      });
      if (!path.endsWith('/UploadImage')) call.write(Buffer.alloc(0));
      call.end();
    });
  }
});

describe('errors', () => {
  it.each<[string, Error, Partial<CallError>]>([
    [
      'of ours, with their remedy',
      new ClarionError('no-data', 'No feed', { remedy: 'update one' }),
      { status: status.FAILED_PRECONDITION, reason: 'no-data', message: 'No feed', remedy: 'update one' },
    ],
    [
      'of addresses, without their contents',
      new ClarionError('egress-denied', '10.0.0.7 is private'),
      {
        status: status.PERMISSION_DENIED,
        reason: 'egress-denied',
        message: 'The address may not be reached from here',
        remedy: neutralRemedy,
      },
    ],
    [
      'that pass',
      new PreconditionError('queue-full', 'Much waits', 30),
      { status: status.RESOURCE_EXHAUSTED, reason: 'queue-full', message: 'Much waits', retryAfterSeconds: 30 },
    ],
    [
      'that pass with those who wait',
      new PreconditionError('too-many-requests', 'Many wait', 10),
      { status: status.RESOURCE_EXHAUSTED, reason: 'too-many-requests', message: 'Many wait', retryAfterSeconds: 10 },
    ],
    [
      'of images that are not indexed',
      new PreconditionError('not-indexed', 'Not yet', 2),
      { status: status.FAILED_PRECONDITION, reason: 'not-indexed', retryAfterSeconds: 2 },
    ],
    [
      'that nobody foresaw, without what they say',
      new TypeError('secret of line 7'),
      { status: status.INTERNAL, reason: 'internal', message: 'Internal error' },
    ],
  ])('%s', async (_, error, wanted) => {
    await start({ images: { get: () => Promise.reject(error) } });
    expect(await ask(api.images, 'getImage', { request: getImage })).toEqual({
      refused: expect.objectContaining(wanted) as unknown,
    });
    expect(api.logged).toEqual(wanted.reason === 'internal' ? [error] : []);
  });

  it.each<[string, Partial<typeof getImage>, string, string]>([
    ['an invalid digest', { digest: 'sha256:xyz' }, 'digest', 'must be sha256: or sha512: and lower-case hex'],
    ['no digest', { digest: '' }, 'digest', 'must be sha256: or sha512: and lower-case hex'],
  ])('of the field with %s', async (_, change, field, description) => {
    await start();
    expect(await ask(api.images, 'getImage', { request: { ...getImage, ...change } })).toMatchObject({
      refused: { status: status.INVALID_ARGUMENT, violations: [{ field, description }] },
    });
  });

  it.each<[string, clarionV1.SubmitImageRequest['image'], string]>([
    ['nothing', undefined, 'image'],
    ['no reference', registry({ reference: '' }), 'registry.reference'],
    ['a NUL', registry({ reference: 'a\0b' }), 'registry.reference'],
    ['an endless reference', registry({ reference: 'a'.repeat(1025) }), 'registry.reference'],
    ['an invalid platform', registry({ platform: 'linux' }), 'platform'],
    ['empty credentials', registry({ credentials: { credentials: undefined } }), 'registry.credentials'],
    ['a layer without digest', manifest({ digest: 'x' }), 'manifest.layers[0].digest'],
    ['a monstrous layer', manifest({ size: 2n ** 60n }), 'manifest.layers[0].size'],
    ['a layer without address', manifest({ url: '' }), 'manifest.layers[0].url'],
    ['an endless header', manifest({ headers: { a: 'x'.repeat(20_000) } }), 'manifest.layers[0].headers'],
  ])('of the field of a submission with %s', async (_, image, field) => {
    await start();
    const answer = await ask(api.images, 'submitImage', { request: { image }, caller: 'scanner' });
    expect(answer).toMatchObject({ refused: { reason: 'invalid-input', violations: [{ field }] } });
  });

  it('of pages', async () => {
    await start();
    const list = (limit: number) => ask(api.images, 'listImages', { request: { search: undefined, limit, after: '' } });
    expect(await list(1001)).toMatchObject({ refused: { violations: [{ field: 'limit' }] } });
    expect(await list(1000)).toMatchObject({ refused: { reason: 'not-found' } });
  });
});

function registry(change: Partial<clarionV1.RegistryImage>): clarionV1.SubmitImageRequest['image'] {
  return {
    $case: 'registry',
    value: { reference: 'r.example/a:1', platform: undefined, credentials: undefined, ...change },
  };
}

function manifest(change: Partial<clarionV1.ManifestLayer>): clarionV1.SubmitImageRequest['image'] {
  const layer = {
    digest,
    url: 'https://r.example/l',
    headers: {},
    diffId: undefined,
    mediaType: undefined,
    size: undefined,
  };
  return {
    $case: 'manifest',
    value: { digest, layers: [{ ...layer, ...change }], platform: undefined, reference: undefined },
  };
}

describe('submissions', () => {
  const submitted = { digest, state: 'queued', submission: 's1', ordered: true } as const;

  it.each<[clarionV1.SubmitImageRequest['image'], object]>([
    [registry({}), { kind: 'reference', reference: 'r.example/a:1' }],
    [
      registry({
        platform: 'linux/arm/v7',
        credentials: { credentials: { $case: 'password', value: { username: 'u', password: 'p' } } },
      }),
      {
        kind: 'reference',
        reference: 'r.example/a:1',
        platform: { os: 'linux', architecture: 'arm', variant: 'v7' },
        credentials: { username: 'u', password: 'p' },
      },
    ],
    [
      registry({ credentials: { credentials: { $case: 'token', value: 't' } } }),
      { kind: 'reference', reference: 'r.example/a:1', credentials: { token: 't' } },
    ],
    [
      manifest({ headers: { Authorization: 'Bearer x' }, diffId: digest, mediaType: 'm', size: 5n }),
      {
        kind: 'layers',
        digest,
        layers: [
          {
            digest,
            url: 'https://r.example/l',
            headers: { Authorization: 'Bearer x' },
            diffId: digest,
            mediaType: 'm',
            size: 5,
          },
        ],
      },
    ],
    [manifest({}), { kind: 'layers', digest, layers: [{ digest, url: 'https://r.example/l' }] }],
  ])('reach the use case with the intended arguments (%#)', async (image, wanted) => {
    const asked: unknown[] = [];
    await start({ images: { submit: (request) => Promise.resolve(submitted).finally(() => asked.push(request)) } });
    const answer = await ask(api.images, 'submitImage', { request: { image }, caller: 'scanner' });
    expect(asked).toEqual([wanted]);
    expect(answer).toEqual({
      ok: { submission: { ...submitted, state: clarionV1.ImageState.IMAGE_STATE_QUEUED } },
    });
  });
});

describe('a call without a message', () => {
  it.each([
    ['nobody', '16'],
    ['stranger', '16'],
    ['reader', undefined],
  ] as const)('of %s: %j', async (caller, refused) => {
    await start();
    const session = connect(`http://${api.address}`);
    const { authorization } = metadataOf(caller).getMap();
    const stream = session.request(
      {
        ...{ ':method': 'POST', ':path': '/clarion.v1.ImageService/GetImage', te: 'trailers' },
        ...{
          'content-type': 'application/grpc',
          ...(authorization === undefined ? {} : { authorization: String(authorization) }),
        },
      },
      { endStream: false },
    );
    // Half a message: one of five bytes.
    stream.write(Buffer.from([0, 0, 0, 0, 5, 1]));
    const answered = new Promise((resolve) => {
      stream.once('response', (headers) => {
        resolve(headers['grpc-status']);
      });
    });
    if (refused === undefined) {
      await ask(api.images, 'getImage', { request: getImage, caller });
      expect(stream.closed).toBe(false);
    } else {
      const closed = new Promise((resolve) => stream.resume().once('close', resolve));
      expect(await answered).toBe(refused);
      await closed;
    }
    session.destroy();
  });
});

describe('callers who disconnect', () => {
  it.each([
    ['at their deadline', 200],
    ['by cancelling', undefined],
  ])('%s end the waiting of the use case', async (_, deadlineMillis) => {
    let ended = (): void => undefined;
    const over = new Promise<void>((resolve) => (ended = resolve));
    let begun = (): void => undefined;
    const waiting = new Promise<void>((resolve) => (begun = resolve));
    await start({
      images: {
        get: (_digest, wait) => {
          begun();
          return new Promise((_resolve, reject) => {
            wait?.signal?.addEventListener('abort', () => {
              ended();
              reject(new Error('left'));
            });
          });
        },
      },
    });
    const request = { digest, waitSeconds: 120 };
    if (deadlineMillis === undefined) {
      const call = api.images.getImage(request, metadataOf('reader'), () => undefined);
      await waiting;
      call.cancel();
    } else {
      expect(await ask(api.images, 'getImage', { request, deadlineMillis })).toMatchObject({
        refused: { status: status.DEADLINE_EXCEEDED },
      });
    }
    await over;
    expect(api.logged).toEqual([]);
  });
});
