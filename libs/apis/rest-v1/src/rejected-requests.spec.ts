import { routes } from './routes';
import { archiveOf, debianImage, type RestService, startRestService } from '../testing/rest-service';

const built = debianImage(['openssl=3.0.11-1', 'bash=5.2-1'], 'one');
let here: RestService;
let endpoint = '';

beforeAll(async () => {
  here = await startRestService({
    rate: { perSecond: 1e6, burst: 1e6 },
    entryPoints: { grpc: 'port 9090', introspection: 'port 8081' },
  });
  here.work();
  await here.useCases.images.upload(archiveOf(built), {});
  const input = { mode: 'cloudevents', filter: {}, allowInsecure: false, fullBody: false } as const;
  const made = await here.useCases.endpoints.create({ url: 'https://hooks.example/x', ...input });
  endpoint = made.endpoint.id;
  const affected = [{ package: { name: 'bash' }, ranges: [{ type: 'ECOSYSTEM', events: [{ introduced: '0' }] }] }];
  await here.useCases.vulnerabilities.putOwn({ namespace: 'debian:12', id: 'ACME-1' }, { affected });
});
afterAll(() => here.close());

describe('the errors of a request are listed member by member', () => {
  const sha = `sha256:${'0'.repeat(64)}`;
  it.each<[what: string, body: unknown, errors: readonly object[]]>([
    [
      'another name',
      { ref: 'x' },
      [
        { in: 'body', pointer: '#/reference', detail: 'is missing' },
        { in: 'body', pointer: '#/ref', detail: 'is not known' },
      ],
    ],
    ['a part of another form', { digest: sha }, [{ in: 'body', pointer: '#/layers', detail: 'is missing' }]],
    [
      'deeper down',
      { digest: sha, layers: [{ digest: sha, url: 'https://a.example/', 'a/b~': 1 }] },
      [{ in: 'body', pointer: '#/layers/0/a~1b~0', detail: 'is not known' }],
    ],
    ['no object', [], [expect.objectContaining({ in: 'body', pointer: '#' })]],
  ])('%s', async (_what, json, errors) => {
    const answer = await here.ask('POST', '/api/v1/images', { json });
    expect(answer).toMatchObject({ status: 400, json: { code: 'invalid-input', errors } });
  });

  // The maximum for lists of a record: a longer one gets one error, its length.
  const many = <T>(one: T, length = 1000): readonly T[] => Array.from({ length }, () => one);
  const name = { name: 'bash' };
  it.each<[what: string, path: string, json: object, pointer: string, detail: string]>([
    ['members', 'images', Object.fromEntries(many(0).map((_, at) => [`m${at}`, 0])), '#/m8', 'is not known'],
    ['affected', 'own', { affected: many({ package: name }) }, '#/affected/9', 'it names no version'],
    ['versions', 'own', { affected: [{ package: name, versions: many(1) }] }, '#/affected/0/versions/9', 'string'],
    [
      'events',
      'own',
      { affected: [{ package: name, ranges: [{ events: many(1) }] }] },
      '#/affected/0/ranges/0/events/9',
      'object',
    ],
  ])('and no more than ten of many %s', async (_what, path, json, pointer, detail) => {
    const own = path === 'own';
    const answer = await here.ask(
      own ? 'PUT' : 'POST',
      own ? '/api/v1/own-vulnerabilities/debian:12/ACME-9' : '/api/v1/images',
      { json },
    );
    expect(answer.status).toBe(400);
    const { errors } = answer.json as { errors: readonly { pointer: string; detail: string }[] };
    expect(errors).toHaveLength(10);
    expect(errors[9]).toMatchObject({ pointer, detail: expect.stringContaining(detail) as unknown });
  });

  it('while a manifest of 512 layers with all optional members is parsed', async () => {
    const headers = Object.fromEntries(many(0, 16).map((_, at) => [`X-Amz-Meta-${at}`, 'value']));
    const url = `https://169.254.169.254/${'x'.repeat(2000)}`;
    const layer = { digest: sha, url, headers, diffId: sha, mediaType: 'a', size: 1 };
    const answer = await here.ask('POST', '/api/v1/images', { json: { digest: sha, layers: many(layer, 512) } });
    // Only the location of its layers is invalid.
    expect(answer).toMatchObject({ status: 400, json: { code: 'egress-denied' } });
  });

  it('and a member of own data that is misspelt before those that are missing', async () => {
    const json = { sumary: 'x', afected: [] };
    const answer = await here.ask('PUT', '/api/v1/own-vulnerabilities/debian:12/ACME-9', { json });
    expect(answer).toMatchObject({
      status: 400,
      json: {
        errors: [
          { pointer: '#/sumary', detail: 'unknown member "sumary"; did you mean "summary"?' },
          { pointer: '#/afected', detail: 'unknown member "afected"; did you mean "affected"?' },
        ],
      },
    });
  });

  it.each([
    ['POST', 'images', { reference: 'x', a: many([], 25_000) }],
    ['POST', 'images', Object.fromEntries(many(0, 25_000).map((_, at) => [`m${at}`, 0]))],
    ['PUT', 'own-vulnerabilities/debian:12/ACME-9', { affected: many({}, 25_000) }],
    ['POST', 'endpoints', { url: 'https://a.example/', filter: { repositories: many('a', 1500) } }],
  ])('but a body with too many values is not parsed: %s /%s', async (method, path, json) => {
    const { errors, detail } = (await here.ask(method, `/api/v1/${path}`, { json })).json as Record<string, unknown>;
    expect([errors, detail]).toEqual([undefined, expect.stringMatching(/^The body has more than \d+ members/)]);
  });

  const bash = (entry: object, ecosystem?: string): object => ({
    affected: [
      { package: { name: 'bash', ...(ecosystem === undefined ? {} : { ecosystem }) }, versions: ['5.2-1'] },
      { package: { name: 'bash' }, versions: ['5.3-1'], ...entry },
    ],
  });
  it.each<[what: string, namespace: string, json: object, error: object]>([
    [
      'an ecosystem',
      'debian:12',
      bash({}, 'Debain:12'),
      {
        in: 'body',
        pointer: '#/affected/0/package/ecosystem',
        detail: 'ACME-2: unknown ecosystem "Debain:12"; did you mean "debian:12"?',
      },
    ],
    [
      'a namespace',
      'Debain:12'.toLowerCase(),
      bash({}),
      {
        in: 'path',
        parameter: 'namespace',
        detail: 'ACME-2: unknown ecosystem "debain:12"; did you mean "debian:12"?',
      },
    ],
    [
      'a severity',
      'debian:12',
      bash({ database_specific: { severity: 'HIHG' } }),
      {
        in: 'body',
        pointer: '#/affected/1/database_specific/severity',
        detail: 'ACME-2: unknown severity "HIHG"; did you mean "HIGH"?',
      },
    ],
    [
      'a bound',
      'debian:12',
      bash({ ranges: [{ type: 'ECOSYSTEM', events: [{ introduced: '0' }, { fixed: '1_0' }] }] }),
      {
        in: 'body',
        pointer: '#/affected/1/ranges/0/events/1/fixed',
        detail: 'ACME-2: "1_0" is not a version of the scheme dpkg',
      },
    ],
  ])('in an own vulnerability: %s', async (_what, namespace, json, error) => {
    const answer = await here.ask('PUT', `/api/v1/own-vulnerabilities/${namespace}/ACME-2`, { json });
    expect(answer).toMatchObject({ status: 400, json: { code: 'invalid-input' } });
    expect(answer.json).toMatchObject({ errors: expect.arrayContaining([error]) as object });
    expect((await here.ask('GET', `/api/v1/own-vulnerabilities/${namespace}/ACME-2`)).status).toBe(404);
  });

  it('in an own vulnerability: all at once, also where no version is named', async () => {
    const put = (json: object): ReturnType<typeof here.ask> =>
      here.ask('PUT', '/api/v1/own-vulnerabilities/debian:12/ACME-3', { json });
    const entry = (own: object): object => ({ affected: [{ package: { name: 'zlib' }, database_specific: own }] });
    const { json } = await put(entry({ severity: 'HIHG' }));
    expect(json).toMatchObject({
      errors: [
        { pointer: '#/affected/0/database_specific/severity' },
        { pointer: '#/affected/0', detail: expect.stringContaining('it names no version') as string },
      ],
    });
    expect((await put(entry({ state: 'notaffected', severity: 'HIHG' }))).json).toMatchObject({
      errors: [
        { pointer: '#/affected/0/database_specific/severity' },
        { pointer: '#/affected/0/database_specific/state' },
      ],
    });
    // A state applies to every version (docs/own-data.md).
    expect(await put(entry({ state: 'not_affected' }))).toMatchObject({
      status: 201,
      json: { groups: [{ package: 'zlib', advisories: [{ id: 'ACME-3', state: 'not_affected' }] }] },
    });
  });

  it('in the query too', async () => {
    const answer = await here.ask('GET', '/api/v1/images?limit=0&colour=red');
    expect(answer.json).toMatchObject({
      errors: [
        { in: 'query', parameter: 'limit', detail: 'must be a number from 1 to 1000' },
        { in: 'query', parameter: 'colour', detail: 'is not known' },
      ],
    });
  });

  it('with the values that are known', async () => {
    const { json } = await here.ask('GET', `/api/v1/images/${sha}/report?format=pdf`);
    const detail = 'must be cyclonedx, harbor, json or table';
    expect(json).toMatchObject({ errors: [{ in: 'query', parameter: 'format', detail }] });
  });
});

describe('a cursor that was not issued is rejected', () => {
  const paged = routes.filter(({ query }) => Object.hasOwn(query.shape, 'after'));
  it.each(paged.map(({ path }) => path))('%s', async (path) => {
    const query: Record<string, string> = { '/vulnerabilities': 'package=a&namespace=debian:12&' };
    const filled = path
      .replace('{digest}', built.manifestDigest)
      .replace('/endpoints/{id}', `/endpoints/${endpoint}`)
      .replace('/vulnerabilities/{id}', '/vulnerabilities/ACME-1')
      .replace('{id}', 'none');
    for (const after of ['garbage', 'WyJhIiwiYiJd', '1', '%00']) {
      const answer = await here.ask('GET', `/api/v1${filled}?${query[path] ?? ''}after=${after}`);
      // The cursor is not checked for an unknown notification.
      expect(answer.status).toBe(path === '/notifications/{id}' && after !== '%00' ? 404 : 400);
    }
  });

  it('of another list', async () => {
    const { json } = await here.ask('GET', `/api/v1/images/${built.manifestDigest}/packages?limit=1`);
    const { next } = json as { next: string };
    const query = `after=${next}`;
    expect(await here.ask('GET', `/api/v1/images/${built.manifestDigest}/packages?${query}`)).toMatchObject({
      status: 200,
    });
    expect(await here.ask('GET', `/api/v1/images?${query}`)).toMatchObject({ status: 400 });
  });

  it('as the last event of a stream', async () => {
    const headers = { 'last-event-id': 'garbage' };
    expect(await here.ask('GET', '/api/v1/events', { headers })).toMatchObject({
      status: 400,
      json: { errors: [{ in: 'header', parameter: 'Last-Event-ID' }] },
    });
  });
});

describe('the root', () => {
  it('lists the entry points, without a token', async () => {
    expect(await here.ask('GET', '/', { token: '' })).toMatchObject({
      status: 200,
      json: {
        name: 'clarion',
        api: '/api/v1',
        docs: '/docs',
        openapi: '/openapi.json',
        grpc: 'port 9090',
        probes: '/healthz and /readyz, port 8081',
      },
    });
  });

  it('as a page for browsers', async () => {
    const answer = await here.ask('GET', '/', { token: '', headers: { accept: 'text/html,*/*;q=0.8' } });
    expect(answer.headers.get('content-type')).toMatch(/^text\/html/);
    const links = [...answer.text.matchAll(/href="([^"]+)"/g)].map(([, path = '']) => path);
    expect(links.sort()).toEqual(['/api/v1', '/docs', '/openapi.json']);
    for (const path of links) expect(await here.ask('GET', path, { token: '' })).toMatchObject({ status: 200 });
  });
});
