import { createHash, createHmac } from 'node:crypto';
import { createServer, request as httpRequest, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream';
import { createAuthenticator, parseTokens, roles } from '@clarion/authentication';
import { defaultCallerLimits } from '@clarion/connections';
import { createHttpApplication, createHttpServer } from '@clarion/http-engine';
import type { Log } from '@clarion/model';
import { reportFormats } from '@clarion/report-formats';
import type { BuiltImage } from '@clarion/test-kit';
import type { UseCaseDependencies } from '@clarion/use-cases';
import { startInstallation, type TestInstallation } from '@clarion/use-cases/testing';
import { createClairV4Api } from '../src/clair-v4-api';
import type { ClairV4Options } from '../src/clair-v4-options';
import { clairFormats } from '../src/formats';
import { renderClairError } from '../src/render-clair-error';

export { debianImage, openssl, recordDebian, stateDebian } from '@clarion/use-cases/testing';

/** The pre-shared key of the service, whose issuer is `quay`. */
const sharedKey = new Uint8Array(32).fill(7);

/** The API of an installation on a real socket. */
export interface ClairService extends TestInstallation {
  readonly base: string;
  /** Calls with a token of `quay` unless another one, or none (empty), is given. */
  ask(method: string, path: string, options?: AskOptions): Promise<ClairAnswer>;
}

export interface AskOptions {
  readonly token?: string;
  readonly json?: unknown;
  readonly body?: string | AsyncIterable<Uint8Array>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

export interface ClairAnswer {
  readonly status: number;
  /** Names in lower case; values as they were sent, several lines as a list. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly trailers: Readonly<Record<string, string | undefined>>;
  readonly text: string;
  readonly json: unknown;
}

export async function startClairService(
  options: Partial<ClairV4Options> & { readonly dependencies?: Partial<UseCaseDependencies> } = {},
): Promise<ClairService> {
  const formats = [...reportFormats, ...clairFormats];
  const installation = await startInstallation({ formats, ...options.dependencies });
  const lines = roles.map((role) => `${role}:${role}:${createHash('sha256').update(role).digest('hex')}`);
  const tokens = parseTokens(lines.join('\n'));
  const issuer = { kind: 'shared-key', key: sharedKey, issuer: 'quay', role: 'administrator' } as const;
  const authenticator = createAuthenticator({ tokens: () => tokens, jwt: { issuers: [issuer] } });
  const api = createClairV4Api({ useCases: installation.useCases, authenticator, version: '1.2.3', ...options });
  const ignore = (): void => undefined;
  const log: Log = { debug: ignore, info: ignore, warn: ignore, error: ignore };
  const app = createHttpApplication({ apis: [api], log, renderError: renderClairError });
  const server = createHttpServer(app, { limits: defaultCallerLimits });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { ...installation, base, ask: asker(base), close: () => close(server, installation) };
}

async function close(server: Server, installation: TestInstallation): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await installation.close();
}

/** A token that is signed as Quay does. */
export function quayToken(): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = { iss: 'quay', exp: Math.floor(Date.now() / 1000) + 300 };
  const signed = `${part({ alg: 'HS256', typ: 'JWT' })}.${part(claims)}`;
  return `${signed}.${createHmac('sha256', sharedKey).update(signed).digest('base64url')}`;
}

/** Node's client, as `fetch` shows neither trailers nor lines of headers. */
function asker(base: string): ClairService['ask'] {
  return (method, path, { token = quayToken(), json, body, headers = {}, signal } = {}) => {
    const authorization = token === '' ? {} : { authorization: `Bearer ${token}` };
    const sent = json === undefined ? body : JSON.stringify(json);
    const asked = httpRequest(`${base}${path}`, {
      method,
      headers: { ...authorization, ...lengthOf(sent), ...headers },
      ...(signal === undefined ? {} : { signal }),
    });
    const answered = new Promise<ClairAnswer>((resolve, reject) => {
      asked.once('error', reject).once('response', (response) => {
        const chunks: Buffer[] = [];
        response
          .on('data', (chunk: Buffer) => chunks.push(chunk))
          .once('error', reject)
          .once('end', () => {
            const text = Buffer.concat(chunks).toString();
            const isJson =
              (response.headers['content-type'] ?? '').includes('json') &&
              response.headers['content-encoding'] === undefined;
            const { statusCode: status = 0, trailers } = response;
            const lines = { ...response.headers, link: response.headersDistinct['link'] };
            resolve({
              status,
              headers: lines,
              trailers,
              text,
              json: isJson && text !== '' ? JSON.parse(text) : undefined,
            });
          });
      });
    });
    if (typeof sent === 'object') pipeline(sent, asked, () => undefined);
    else asked.end(sent);
    return answered;
  };
}

/** Node does not announce bodies of DELETE by itself. */
function lengthOf(body: AskOptions['body']): Readonly<Record<string, string>> {
  return typeof body === 'string' ? { 'content-length': String(Buffer.byteLength(body)) } : {};
}

/** Serves the blobs of images at addresses that can be taken away. */
export interface BlobServer {
  readonly url: string;
  /** What was asked for, with its header `Authorization`. */
  readonly asked: readonly { readonly path: string; readonly authorization: string | undefined }[];
  close(): Promise<void>;
}

/** The manifest of an image as clients send it, with its layers at a server. */
export function manifestOf(image: BuiltImage, url: string): { readonly hash: string; readonly layers: object[] } {
  const layers = image.layers.map(({ digest }) => ({
    hash: digest,
    uri: `${url}/${digest}`,
    headers: { Accept: ['application/gzip'], Authorization: ['Bearer of-the-layer'] },
  }));
  return { hash: image.manifestDigest, layers };
}

/** A server of the layers of images, which counts what it is asked for. */
export async function serveBlobs(images: readonly BuiltImage[]): Promise<BlobServer> {
  const blobs = new Map(images.flatMap(({ layers }) => layers.map(({ digest, blob }) => [`/${digest}`, blob])));
  const asked: { path: string; authorization: string | undefined }[] = [];
  const server = createServer(({ url = '', headers: { authorization } }, response) => {
    asked.push({ path: url, authorization });
    const blob = blobs.get(url);
    if (blob === undefined) response.writeHead(403).end();
    else response.end(blob);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { url, asked, close };
}
