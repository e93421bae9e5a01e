import { AuthenticationError, createAuthenticator } from '@clarion/authentication';
import { ClarionError } from '@clarion/model';
import { z } from 'zod';
import type { ErrorRenderer } from '../src/error-renderer';
import { entityTagsOf } from '../src/entity-tags';
import { createHttpApi, type HttpApi } from '../src/http-api';
import type { HttpAuthenticator } from '../src/http-authenticator';
import { HttpError } from '../src/http-error';
import { httpRoute } from '../src/route';

/** Reports by the digest of their manifest. */
type Reports = Map<string, { readonly manifest_hash: string; readonly layers: number }>;

export const sharedKey = new Uint8Array(32).fill(7);
const state = 'a1b2';
const tagged = { etag: `"${state}"` };
const mediaType = 'application/vnd.clair.index_report.v1+json';
const none = z.strictObject({});
const manifest = z.looseObject({ hash: z.string(), layers: z.array(z.looseObject({ hash: z.string() })).min(1) });

/** A token signed with the shared key has all permissions. */
const pskAuthenticator = (): HttpAuthenticator<undefined> => {
  const issuer = { kind: 'shared-key', key: sharedKey, issuer: 'quay', role: 'reader' } as const;
  const authenticator = createAuthenticator({ jwt: { issuers: [issuer] } });
  return {
    async authenticate({ authorization }, address) {
      const { name } = await authenticator.authenticate(authorization, address);
      return { name, key: name, authorize: () => undefined };
    },
  };
};

const codes: Readonly<Record<number, string>> = {
  400: 'bad-request',
  404: 'not-found',
  405: 'method-not-allowed',
  429: 'too-many-requests',
};
const statuses: Readonly<Record<string, number>> = {
  'no-such-call': 404,
  'not-found': 404,
  'method-not-allowed': 405,
  'unsupported-media-type': 415,
  'too-many-requests': 429,
  'invalid-input': 400,
};

/** `{code, message}` in ASCII; an unknown caller gets no body at all. */
const renderError: ErrorRenderer = (error) => {
  const form = { headers: {}, mediaType: 'application/json' };
  if (error instanceof AuthenticationError) return { ...form, status: 401, code: 'unauthenticated', body: '' };
  const known = error instanceof HttpError || error instanceof ClarionError;
  const status = (known ? statuses[error.code] : undefined) ?? 500;
  const code = codes[status] ?? 'internal-error';
  const message = known ? error.message.replace(/[^\x20-\x7e]/g, '?') : 'failed';
  const headers = error instanceof HttpError ? error.headers : {};
  return { ...form, headers, status, code, body: JSON.stringify({ code, message }) };
};

const submit = httpRoute({
  method: 'post',
  path: '/index_report',
  operation: 'index',
  access: undefined,
  params: none,
  query: none,
  // Some clients send no media type.
  bodies: { '*': manifest },
  handle({ body, headers, url }, reports: Reports) {
    const { hash, layers } = (body as { json: z.output<typeof manifest> }).json;
    const link = ['index_report', 'vulnerability_report'].map((rel) => `<${url}/${hash}>; rel="${rel}"`);
    const links = { ...tagged, link, location: `${url}/${hash}` };
    const known = entityTagsOf(headers['if-none-match']).includes(state);
    if (known && reports.has(hash)) return Promise.resolve({ status: 412, headers: links });
    const json = { manifest_hash: hash, layers: layers.length };
    reports.set(hash, json);
    return Promise.resolve({ status: 201, headers: links, json, mediaType });
  },
});

const read = httpRoute({
  method: 'get',
  path: '/index_report/{digest}',
  operation: 'report',
  access: undefined,
  params: z.strictObject({ digest: z.string().startsWith('sha256:') }),
  query: none,
  async handle({ params: { digest }, headers }, reports: Reports) {
    await Promise.resolve();
    const json = reports.get(digest);
    if (json === undefined) throw new ClarionError('not-found', 'index report not found');
    if (entityTagsOf(headers['if-none-match']).includes(state)) return { status: 304, headers: tagged };
    return { status: 200, headers: tagged, json, mediaType };
  },
});

/** An API in the style of an older product's indexer: a shared key, `{code, message}`, custom media types. */
export function indexerApi(): HttpApi {
  return createHttpApi<Reports, undefined>({
    base: '/indexer/api/v1',
    prefixes: ['/indexer'],
    routes: [submit, read],
    services: new Map(),
    authenticator: pskAuthenticator(),
    renderError,
    compressed: true,
    mountPages(app) {
      app.get('/robots.txt', (_request, response) => {
        response.type('txt').send('User-agent: *\nDisallow: /\n');
      });
    },
  });
}
