import { randomUUID } from 'node:crypto';
import Ajv2020 from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import { type Role, roles } from '@clarion/authentication';
import type { DomainEvent } from '@clarion/model';
import { until } from '@clarion/test-kit';
import { routes } from './routes';
import {
  type RestAnswer,
  archiveOf,
  type AskOptions,
  debianImage,
  openssl,
  recordDebian,
  type RestService,
  startRestService,
} from '../testing/rest-service';

const built = debianImage(['openssl=3.0.11-1', 'bash=5.2-1'], 'one');
const digest = built.manifestDigest;
const image = `/api/v1/images/${digest}`;
const own = '/api/v1/own-vulnerabilities/debian:12/ACME-1';
const record = {
  affected: [{ package: { name: 'bash' }, ranges: [{ type: 'ECOSYSTEM', events: [{ introduced: '0' }] }] }],
};
const notificationId = '018f0000-0000-8000-8000-000000000001';
const endpointInput = {
  url: 'https://hooks.example/x',
  filter: { minSeverity: 'High' as const },
  headers: { 'X-A': 'b' },
};

let here: RestService;
let endpoint = '';
const validators = new Map<string, (answer: RestAnswer) => void>();

beforeAll(async () => {
  here = await startRestService({ rate: { perSecond: 1e6, burst: 1e6 } });
  const yesterday = new Date(Date.now() - 86_400_000).toISOString();
  await recordDebian(here.store, yesterday, { openssl: [{ id: 'CVE-2023-5678', state: 'affected' }] });
  await recordDebian(here.store, new Date().toISOString(), { openssl: [openssl('3.0.13-1')] });
  here.work();
  await here.useCases.images.upload(archiveOf(built), { reference: 'ours/app:1' });
  await here.store.putNotification(
    {
      id: notificationId,
      update: 'u',
      feed: 'f',
      vulnerability: 'CVE-2023-5678',
      createdAt: new Date().toISOString(),
      state: 'created',
      before: null,
      after: null,
      counts: { affected: 1, cleared: 0, changed: 0 },
      namespaces: ['debian:12'],
    },
    (async function* () {
      await Promise.resolve();
      yield [{ image: digest, references: ['ours/app:1'], transition: 'affected' as const, before: [], after: [] }];
    })(),
  );
  const { endpoint: made } = await here.useCases.endpoints.create({
    ...endpointInput,
    mode: 'cloudevents',
    allowInsecure: false,
    fullBody: false,
  });
  endpoint = made.id;
  await here.store.putDeadLetter({
    id: 'work.feed debian-security-tracker 1',
    event: { kind: 'work.feed', feed: 'debian-security-tracker', request: '1' },
    at: new Date().toISOString(),
    deliveries: 3,
    code: 'internal',
    message: 'no',
  });
  const document = (await here.ask('GET', '/openapi.json', { token: '' })).json as {
    paths: Record<
      string,
      Record<string, { responses: Record<string, { content?: Record<string, { schema: object }> }> }>
    >;
  };
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats(ajv);
  ajv.addSchema({ $id: 'urn:clarion:document', ...document });
  for (const [path, methods] of Object.entries(document.paths)) {
    for (const [method, { responses }] of Object.entries(methods)) {
      validators.set(`${method} ${path}`, (answer) => {
        const response = responses[String(answer.status)];
        if (response === undefined)
          throw new Error(`${method} ${path}: ${answer.status} is not stated: ${answer.text}`);
        const type = answer.headers.get('content-type')?.split(';', 1)[0] ?? '';
        if (response.content === undefined) {
          expect(answer.text).toBe('');
          return;
        }
        const { schema } = response.content[type] ?? {};
        if (schema === undefined) throw new Error(`${method} ${path}: ${type} is not stated`);
        if (!type.includes('json')) return;
        const absolute = JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"urn:clarion:document#/')) as object;
        const validate = ajv.compile(absolute);
        expect([validate(answer.json), validate.errors]).toEqual([true, null]);
      });
    }
  }
});
afterAll(() => here.close());

/** One valid request for each call, in an order in which each finds its data, with the lowest role that is allowed. */
type Call = readonly [call: string, role: Role, path: () => string, options?: AskOptions];
const calls: readonly Call[] = [
  ['post /images', 'scanner', () => '/api/v1/images', { json: { digest, layers: [] } }],
  ['get /images', 'reader', () => '/api/v1/images?package=bash&limit=5'],
  ['get /images/{digest}', 'reader', () => image],
  ['get /images/{digest}/report', 'reader', () => `${image}/report`],
  ['get /images/{digest}/packages', 'reader', () => `${image}/packages`],
  ['get /images/{digest}/layers', 'reader', () => `${image}/layers`],
  ['get /images/{digest}/timeline', 'reader', () => `${image}/timeline`],
  ['get /repositories/{name}/tags/{tag}/timeline', 'reader', () => '/api/v1/repositories/ours%2Fapp/tags/1/timeline'],
  ['get /vulnerabilities/{id}/timeline', 'reader', () => '/api/v1/vulnerabilities/CVE-2023-5678/timeline'],
  ['get /compare', 'reader', () => `/api/v1/compare?a=${digest}&b=ours/app:1&limit=5`],
  ['get /feeds/{id}/revisions', 'reader', () => '/api/v1/feeds/debian-security-tracker/revisions'],
  ['get /vulnerabilities/{id}', 'reader', () => '/api/v1/vulnerabilities/CVE-2023-5678'],
  ['get /vulnerabilities', 'reader', () => '/api/v1/vulnerabilities?namespace=debian:12&package=openssl'],
  ['put /own-vulnerabilities/{namespace}/{id}', 'operator', () => own, { json: record }],
  ['get /own-vulnerabilities/{namespace}/{id}', 'reader', () => own],
  ['get /own-vulnerabilities', 'reader', () => '/api/v1/own-vulnerabilities'],
  ['delete /own-vulnerabilities/{namespace}/{id}', 'operator', () => own],
  ['get /feeds', 'reader', () => '/api/v1/feeds'],
  ['post /feeds/{id}/update', 'operator', () => '/api/v1/feeds/debian-security-tracker/update'],
  ['get /notifications', 'reader', () => '/api/v1/notifications?state=created'],
  ['get /notifications/{id}', 'reader', () => `/api/v1/notifications/${notificationId}`],
  ['post /notifications/{id}/replay', 'operator', () => `/api/v1/notifications/${notificationId}/replay`],
  ['post /notifications/{id}/acknowledge', 'operator', () => `/api/v1/notifications/${notificationId}/acknowledge`],
  ['get /endpoints', 'operator', () => '/api/v1/endpoints'],
  ['post /endpoints', 'operator', () => '/api/v1/endpoints', { json: endpointInput }],
  ['get /endpoints/{id}', 'operator', () => `/api/v1/endpoints/${endpoint}`],
  ['put /endpoints/{id}', 'operator', () => `/api/v1/endpoints/${endpoint}`, { json: endpointInput }],
  ['post /endpoints/{id}/test', 'operator', () => `/api/v1/endpoints/${endpoint}/test`],
  ['post /endpoints/{id}/replay', 'operator', () => `/api/v1/endpoints/${endpoint}/replay?deadOnly=true`],
  ['get /endpoints/{id}/deliveries', 'operator', () => `/api/v1/endpoints/${endpoint}/deliveries`],
  ['delete /endpoints/{id}', 'operator', () => `/api/v1/endpoints/${endpoint}`],
  ['get /dead-letters', 'operator', () => '/api/v1/dead-letters'],
  [
    'post /dead-letters/{id}/replay',
    'operator',
    () => '/api/v1/dead-letters/work.feed%20debian-security-tracker%201/replay',
  ],
  ['delete /dead-letters/{id}', 'operator', () => '/api/v1/dead-letters/gone'],
  ['delete /images/{digest}', 'administrator', () => image],
];

const rows = calls.map(([call, role, path, options]) => [call, role, { path, options }] as const);

describe('every call', () => {
  it('is in the table, except the stream', () => {
    const stated = routes.map(({ method, path }) => `${method} ${path}`).filter((call) => call !== 'get /events');
    expect(calls.map(([call]) => call).sort()).toEqual(stated.sort());
  });

  it.each(rows)('%s requires a token and the role %s', async (call, role, { path, options }) => {
    const [method = ''] = call.split(' ');
    const none = await here.ask(method.toUpperCase(), path(), { ...options, token: '' });
    expect(none).toMatchObject({ status: 401, json: { code: 'unauthenticated' } });
    expect(none.headers.get('www-authenticate')).toBe('Bearer');
    for (const other of roles.slice(0, roles.indexOf(role))) {
      const refused = await here.ask(method.toUpperCase(), path(), { ...options, token: other });
      expect(refused).toMatchObject({ status: 403, json: { code: 'forbidden' } });
    }
  });

  it.each(rows)('%s has a response as in the document', async (call, role, { path, options }) => {
    const [method = '', route = ''] = call.split(' ');
    const answer = await here.ask(method.toUpperCase(), path(), { ...options, token: role });
    if (call === 'post /images') {
      // No layer was read for this digest: the claim contradicts the known one.
      expect(answer).toMatchObject({ status: 409, json: { code: 'conflict' } });
      return;
    }
    if (call === 'delete /dead-letters/{id}') {
      expect(answer).toMatchObject({ status: 404, json: { code: 'not-found' } });
      return;
    }
    expect(answer.status).toBeLessThan(300);
    validators.get(`${method} /api/v1${route}`)?.(answer);
  });
});

it('feeds report what they lack', async () => {
  const state = (await here.store.feedStates()).find(({ feed }) => feed === 'debian-security-tracker');
  if (state === undefined) throw new Error('no state');
  const missing = [
    { name: 'a.json', namespaces: ['debian:12'], origin: 'extras', architecture: 'amd64' },
    { name: 'b.json', onlyRemoves: true as const },
  ];
  await here.store.putFeedState({ ...state, missing });
  const answer = await here.ask('GET', '/api/v1/feeds');
  validators.get('get /api/v1/feeds')?.(answer);
  const partial =
    'debian-security-tracker is partial: 2 documents are not there (a.json, b.json); run clarion update debian-security-tracker with a mirror that has them';
  expect(answer.json).toMatchObject({
    items: expect.arrayContaining([expect.objectContaining({ level: 'partial', missing, partial })]) as unknown,
  });
  await here.store.putFeedState(state);
});

describe('an archive as the body', () => {
  it('is indexed, and found again', async () => {
    const bytes: Uint8Array[] = [];
    for await (const chunk of archiveOf(built)) bytes.push(chunk);
    const options = { body: Buffer.concat(bytes), headers: { 'content-type': 'application/x-tar' }, token: 'scanner' };
    const first = await here.ask('POST', '/api/v1/images?reference=ours/app:2', options);
    expect(first).toMatchObject({ status: 200, json: { digest, state: 'indexed', ordered: true } });
    expect(first.headers.get('location')).toBe(image);
    validators.get('post /api/v1/images')?.(first);
    expect(await here.ask('POST', '/api/v1/images', options)).toMatchObject({ status: 200, json: { ordered: false } });
  });

  it('that is damaged is refused', async () => {
    const options = { body: Buffer.from('no archive'), headers: { 'content-type': 'application/x-tar' } };
    expect(await here.ask('POST', '/api/v1/images', options)).toMatchObject({
      status: 400,
      json: { code: 'invalid-input' },
    });
  });

  it.each([
    ['an SBOM', 'application/vnd.cyclonedx+json', /SBOM/],
    ['an SBOM of the other kind', 'application/spdx+json', /SBOM/],
    ['a text', 'text/plain', /application\/json/],
  ])('as %s is rejected with 415', async (_what, type, detail) => {
    const answer = await here.ask('POST', '/api/v1/images', { body: '{}', headers: { 'content-type': type } });
    expect(answer).toMatchObject({ status: 415, json: { code: 'unsupported-media-type' } });
    expect((answer.json as { detail: string }).detail).toMatch(detail);
  });
});

describe('the report', () => {
  it('has an ETag that saves the body', async () => {
    const first = await here.ask('GET', `${image}/report`, { token: 'reader' });
    const tag = first.headers.get('etag') ?? '';
    expect(tag).toMatch(/^W\//);
    const second = await here.ask('GET', `${image}/report`, { headers: { 'If-None-Match': `"x", ${tag}` } });
    expect(second).toMatchObject({ status: 304, text: '' });
    expect(second.headers.get('etag')).toBe(tag);
    expect(await here.ask('GET', `${image}/report`, { headers: { 'If-None-Match': '*' } })).toMatchObject({
      status: 304,
    });
    const plain = { 'accept-encoding': 'identity', 'if-none-match': tag };
    expect((await here.ask('GET', `${image}/report`, { headers: plain })).headers.get('etag')).toBe(tag.slice(2));
    validators.get('get /api/v1/images/{digest}/report')?.(second);
    const table = await here.ask('GET', `${image}/report?format=table`);
    expect(table.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(table.text).toContain('CVE-2023-5678');
    const sbom = await here.ask('GET', `${image}/report?format=cyclonedx`);
    expect(sbom).toMatchObject({ status: 200, json: { bomFormat: 'CycloneDX' } });
    expect(await here.ask('GET', `${image}/report?format=pdf`)).toMatchObject({ status: 400 });
  });

  it.each(['gzip', 'br', 'identity'])('is the same in %s', async (coding) => {
    const asked = { headers: { 'accept-encoding': coding } };
    const { headers, text } = await here.ask('GET', `${image}/report?suppressed=true`, asked);
    expect([headers.get('content-encoding') ?? 'identity', headers.get('vary')]).toEqual([coding, 'accept-encoding']);
    expect(text).toBe((await here.ask('GET', `${image}/report?suppressed=true`)).text);
  });

  it('of an image that is not indexed is a conflict', async () => {
    const waiting = `sha256:${'b'.repeat(64)}`;
    const layers = [{ digest: `sha256:${'c'.repeat(64)}`, url: 'http://127.0.0.1:1/x' }];
    const submitted = await here.ask('POST', '/api/v1/images', { json: { digest: waiting, layers } });
    expect(submitted).toMatchObject({ status: 202, json: { state: 'queued' } });
    const report = await here.ask('GET', `/api/v1/images/${waiting}/report`);
    expect(report).toMatchObject({ status: 409, json: { code: 'not-indexed' } });
    expect(Number(report.headers.get('retry-after'))).toBeGreaterThan(0);
  });
});

describe('events', () => {
  it('arrive as they happen, and again from the last position of a caller', async () => {
    const first = await eventsOf(here, 2, {}, () => publish('one', 'two'));
    expect(first.map(({ data }) => data.event.feed)).toEqual(['one', 'two']);
    const again = await eventsOf(here, 2, { 'Last-Event-ID': first[0]?.id ?? '' }, () => publish('three'));
    expect(again.map(({ data }) => data.event.feed)).toEqual(['two', 'three']);
  });

  it('require a token', async () => {
    expect(await here.ask('GET', '/api/v1/events', { token: '' })).toMatchObject({ status: 401 });
  });
});

async function publish(...feeds: readonly string[]): Promise<void> {
  const events = feeds.map((feed): DomainEvent => ({ kind: 'feed.updated', feed, request: feed, result: 'changed' }));
  await here.bus.publish(events.map((event) => ({ event })));
}

interface Heard {
  readonly id: string;
  readonly data: { readonly event: { readonly feed: string } };
}

/** Listens until so many events arrived; `act` is called once the stream is open. */
async function eventsOf(
  service: RestService,
  count: number,
  headers: Readonly<Record<string, string>>,
  act: () => Promise<void>,
): Promise<readonly Heard[]> {
  const stop = new AbortController();
  const response = await fetch(`${service.base}/api/v1/events`, {
    headers: { authorization: 'Bearer reader', ...headers },
    signal: stop.signal,
  });
  expect(response.headers.get('content-type')).toBe('text/event-stream');
  const heard: Heard[] = [];
  let text = '';
  // The bus subscription starts after the headers are sent: from the first probe event on, nothing is missed.
  let listens = false;
  const acting = (async () => {
    await until('the stream sends events', async () => {
      await publish(`probe ${randomUUID()}`);
      return listens;
    });
    await act();
  })();
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
    text += Buffer.from(chunk).toString();
    const blocks = text.split('\n\n');
    text = blocks.pop() ?? '';
    for (const block of blocks) {
      const id = /^id: (.*)$/m.exec(block)?.[1];
      const data = /^data: (.*)$/m.exec(block)?.[1];
      // Events of images that the calls above submitted may still arrive.
      if (id === undefined || data?.includes('feed.updated') !== true) continue;
      const heardEvent: Heard = { id, data: JSON.parse(data) as Heard['data'] };
      if (heardEvent.data.event.feed.startsWith('probe')) listens = true;
      else heard.push(heardEvent);
    }
    if (heard.length >= count) break;
  }
  await acting;
  stop.abort();
  return heard;
}
