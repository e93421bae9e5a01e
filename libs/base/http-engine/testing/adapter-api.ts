import { createHash } from 'node:crypto';
import { ClarionError } from '@clarion/model';
import { z } from 'zod';
import { InvalidMembers } from '../src/check-members';
import type { ErrorRenderer } from '../src/error-renderer';
import { createHttpApi, type HttpApi, type HttpApiLimits } from '../src/http-api';
import type { HttpAuthenticator } from '../src/http-authenticator';
import { HttpError } from '../src/http-error';
import { httpRoute } from '../src/route';

/** How often each scan was requested. */
type Scans = Map<string, number>;
type Access = 'scan' | 'nothing';

const none = z.strictObject({});
const request = z.looseObject({ artifact: z.looseObject({ digest: z.string() }) });
const errorType = 'application/vnd.scanner.adapter.error+json; version=1.0';

/** A custom header; the key that begins with `new` may not scan. */
const apiKeys: HttpAuthenticator<Access> = {
  authenticate({ 'x-scanneradapter-api-key': key }) {
    if (key !== 'adapter' && key !== 'newcomer') throw new HttpError('unauthenticated', 'The API key is not valid');
    return Promise.resolve({
      name: key,
      key: createHash('sha256').update(key).digest('hex'),
      authorize(access) {
        if (access === 'scan' && key === 'newcomer') throw new HttpError('forbidden', 'This key may not scan');
      },
    });
  },
};

const statuses: Readonly<Record<string, number>> = {
  unauthenticated: 401,
  forbidden: 403,
  'not-found': 404,
  'no-such-call': 404,
  'method-not-allowed': 405,
  'too-many-requests': 429,
  'invalid-input': 400,
  unsupported: 501,
};

/** `{error: {message}}` with a custom media type; a wrong field has another status than a body that is not JSON. */
const renderError: ErrorRenderer = (error) => {
  const known = error instanceof HttpError || error instanceof ClarionError;
  const code = known ? error.code : 'internal';
  const status = error instanceof InvalidMembers ? 422 : (statuses[code] ?? 500);
  const headers = error instanceof HttpError ? error.headers : {};
  const body = JSON.stringify({ error: { message: known ? error.message : 'The scan failed' } });
  return { status, code, headers, mediaType: errorType, body };
};

/** The permission that each route requires. */
const accesses: Readonly<Record<'scan' | 'report', Access>> = { scan: 'scan', report: 'nothing' };

const scan = httpRoute({
  method: 'post',
  path: '/scan',
  operation: 'scan',
  access: accesses.scan,
  params: none,
  query: none,
  bodies: { 'application/vnd.scanner.adapter.scan.request+json': request, 'application/json': request },
  handle({ body }, scans: Scans) {
    const id = (body as { json: z.output<typeof request> }).json.artifact.digest;
    scans.set(id, 0);
    return Promise.resolve({ status: 202, json: { id } });
  },
});

const report = httpRoute({
  method: 'get',
  path: '/scan/{id}/report',
  operation: 'report',
  access: accesses.report,
  params: z.strictObject({ id: z.string() }),
  query: z.looseObject({}),
  async handle({ params: { id }, headers }, scans: Scans) {
    await Promise.resolve();
    const asked = scans.get(id);
    if (asked === undefined) throw new ClarionError('not-found', 'There is no such scan');
    if (headers.accept?.includes('sbom') === true) throw new ClarionError('unsupported', 'SBOMs are not made');
    if (id === 'broken') throw new TypeError('password=secret');
    scans.set(id, asked + 1);
    if (asked === 0) return { status: 302, headers: { 'refresh-after': '5' } };
    return { status: 200, json: { vulnerabilities: [] }, mediaType: 'application/vnd.security.vulnerability.report' };
  },
});

/**
 * An API in the style of a registry's scanner adapter: keys in a header, `{error: {message}}`, 302 while a scan runs.
 */
export function adapterApi(limits: HttpApiLimits = {}): HttpApi {
  return createHttpApi<Scans, Access>({
    ...limits,
    base: '/adapter/api/v1',
    routes: [scan, report],
    services: new Map(),
    authenticator: apiKeys,
    renderError,
  });
}
