import { type Client, status } from '@grpc/grpc-js';
import type { clarionV1 } from '@clarion/proto';
import { ask, type TestedGrpcApi, metadataOf, type CallError, errorOf, startGrpcApi } from '../testing/grpc-client';
import { useCasesOf } from '../testing/some-use-cases';

const digest = `sha256:${'a'.repeat(64)}`;
let api: TestedGrpcApi;
const reached: string[] = [];
beforeAll(async () => {
  const submitted = { digest, state: 'queued', submission: 's', ordered: true } as const;
  api = await startGrpcApi(
    useCasesOf({
      images: {
        submit: () => {
          reached.push('submit');
          return Promise.resolve(submitted);
        },
      },
      vulnerabilities: {
        putOwn: () => {
          reached.push('putOwn');
          return Promise.resolve({ created: true });
        },
      },
    }),
  );
});
afterAll(() => api.close());
beforeEach(() => reached.splice(0));

describe('expensive messages are rejected before they are decoded', () => {
  const layer = {
    digest,
    url: 'https://a.example/',
    headers: {},
    diffId: undefined,
    mediaType: undefined,
    size: undefined,
  };
  const submission = (layers: clarionV1.ManifestLayer[]): clarionV1.SubmitImageRequest => {
    const manifest = { digest, layers, platform: undefined, reference: undefined };
    return { image: { $case: 'manifest', value: manifest } };
  };
  const submit = async (layers: clarionV1.ManifestLayer[]) =>
    ask(api.images, 'submitImage', { request: submission(layers) });
  const put = async (record: Record<string, unknown>) =>
    ask(api.vulnerabilities, 'putOwnVulnerability', { request: { namespace: 'debian:12', id: 'ACME-1', record } });
  const many = <T>(one: T, length: number): T[] => Array.from({ length }, () => one);
  const deep = (depth: number): unknown => (depth === 0 ? 1 : [deep(depth - 1)]);
  const empty = { ...layer, digest: '', url: '' };

  it.each<
    [what: string, call: () => Promise<{ readonly refused?: CallError } | object>, code: status, message: string]
  >([
    ['many layers', () => submit(many(empty, 45_000)), status.INVALID_ARGUMENT, 'too many fields'],
    ['many bytes', () => submit([{ ...layer, url: 'x'.repeat(2 * 1024 ** 2) }]), status.RESOURCE_EXHAUSTED, '2097152'],
    ['many values', () => put({ a: many(null, 45_000) }), status.INVALID_ARGUMENT, 'too many fields'],
    ['nested values', () => put({ a: deep(160) }), status.INVALID_ARGUMENT, 'nested deeper than 300'],
    [
      'a long name',
      () => ask(api.images, 'getImage', { request: { digest: 'x'.repeat(65_536), waitSeconds: 0 } }),
      status.RESOURCE_EXHAUSTED,
      '65536',
    ],
  ])('%s', async (_what, call, code, message) => {
    expect(await call()).toMatchObject({
      refused: { status: code, message: expect.stringContaining(message) as unknown },
    });
    expect(reached).toEqual([]);
  });

  it.each([
    ['a length beyond the end', [0x12, 0xff, 0x01, 0x12, 0x00]],
    ['a length beyond the message that it is in', [0x12, 0x03, 0x12, 0x7f, 0x00, 0x00]],
    ['a group', [0x0b, 0x0c, 0x12, 0x00]],
    ['an invalid wire type', [0x0f, 0x00]],
    ['half a number', [0x08, 0xff]],
  ])('and messages that are not valid: %s', async (_what, bytes) => {
    const client = api.images as Client;
    const refused = await new Promise<CallError | undefined>((resolve) => {
      client.makeUnaryRequest(
        '/clarion.v1.ImageService/SubmitImage',
        (request: Buffer) => request,
        (answer) => answer,
        Buffer.from(bytes),
        metadataOf('scanner'),
        (error) => {
          resolve(error === null ? undefined : errorOf(error));
        },
      );
    });
    expect(refused).toMatchObject({ status: status.INVALID_ARGUMENT, message: 'The message cannot be decoded' });
  });

  it('and no others', async () => {
    const headers = Object.fromEntries(many(0, 16).map((_, at) => [`x-amz-${at}`, 'value']));
    const large = { ...layer, url: `https://a.example/${'x'.repeat(2000)}`, headers };
    expect(await submit(many(large, 512))).toMatchObject({ ok: { submission: { digest } } });
    expect(await put({ affected: many({ package: { name: 'bash' }, versions: ['1'] }, 3000) })).toMatchObject({
      ok: { created: true },
    });
    expect(reached).toEqual(['submit', 'putOwn']);
  });
});
