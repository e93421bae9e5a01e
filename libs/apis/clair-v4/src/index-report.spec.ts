import { ClarionError } from '@clarion/model';
import { buildImage, file, until } from '@clarion/test-kit';
import {
  type BlobServer,
  type ClairAnswer,
  type ClairService,
  debianImage,
  manifestOf,
  openssl,
  serveBlobs,
  startClairService,
  stateDebian,
} from '../testing/clair-service';

const indexPath = '/indexer/api/v1/index_report';
const statePath = '/indexer/api/v1/index_state';
const built = debianImage(['openssl=3.0.11-1', 'bash=5.2'], 'one');
const other = debianImage(['openssl=3.0.11-1'], 'two');
const third = debianImage(['openssl=3.0.11-1'], 'three');
const noTar = buildImage({
  layers: [[file('a')]],
  stored: { 0: Buffer.from('neither a tar nor compressed'.repeat(100)) },
});
const unknown = `sha256:${'0'.repeat(64)}`;

let service: ClairService;
let blobs: BlobServer;
beforeAll(async () => {
  blobs = await serveBlobs([built, other, third, noTar]);
  service = await startClairService();
  await stateDebian(service.store, { openssl: [openssl('3.0.13-1')] });
  service.work();
});
afterAll(async () => {
  await service.close();
  await blobs.close();
});

const post = (json: unknown, headers = {}): Promise<ClairAnswer> => service.ask('POST', indexPath, { json, headers });
const stateNow = async (): Promise<string> =>
  ((await service.ask('GET', statePath)).json as { readonly state: string }).state;

describe('POST index_report', () => {
  it('answers when the image is indexed, with a validator, a location and two links', async () => {
    const made = await post(manifestOf(built, blobs.url));
    expect(made.status).toBe(201);
    expect(made.json).toMatchObject({
      manifest_hash: built.manifestDigest,
      state: 'IndexFinished',
      success: true,
      err: '',
    });
    const report = `${indexPath}/${built.manifestDigest}`;
    expect(made.headers).toMatchObject({
      'content-type': expect.stringMatching(/^application\/vnd\.clair\.index_report\.v1\+json/) as string,
      etag: `"${await stateNow()}"`,
      location: report,
      link: [
        `<${report}>; rel="https://projectquay.io/clair/v1/index_report"`,
        `</matcher/api/v1/vulnerability_report/${built.manifestDigest}>; rel="https://projectquay.io/clair/v1/vulnerability_report"`,
      ],
      trailer: 'Clair-Error',
    });
    expect(made.trailers).toEqual({});
    expect(blobs.asked.map(({ authorization }) => authorization)).toContain('Bearer of-the-layer');
  });

  it('fetches no layer that is known, although its address has expired', async () => {
    await post(manifestOf(built, blobs.url));
    const before = blobs.asked.length;
    const expired = manifestOf(built, `${blobs.url}/expired`);
    expect(await post(expired)).toMatchObject({ status: 201 });
    // Another image of the same first layer, whose second one is known from a third image.
    const [base] = built.layers;
    const [, top] = other.layers;
    await post(manifestOf(other, blobs.url));
    const fetched = blobs.asked.length;
    const mixed = {
      hash: `sha256:${'1'.repeat(64)}`,
      layers: [base, top].map((layer) => layerOf(layer?.digest ?? '')),
    };
    expect(await post(mixed)).toMatchObject({ status: 201, json: { success: true } });
    expect(blobs.asked.slice(fetched)).toEqual([]);
    expect(before).toBeLessThan(fetched);
  });

  const layerOf = (hash: string): object => ({ hash, uri: `${blobs.url}/gone` });

  it('of an image that is indexed in the state of If-None-Match: 412 with links and nothing else', async () => {
    await post(manifestOf(built, blobs.url));
    const tag = `"${await stateNow()}"`;
    for (const validator of [tag, `W/${tag}`, `"x", ${tag}`, '*']) {
      const known = await post(manifestOf(built, blobs.url), { 'if-none-match': validator });
      expect([known.status, known.text, known.headers['link']]).toEqual([
        412,
        '',
        [expect.any(String), expect.any(String)],
      ]);
    }
    expect(await post(manifestOf(built, blobs.url), { 'if-none-match': '"other"' })).toMatchObject({ status: 201 });
    const novel = await post({ hash: unknown, layers: [{ hash: unknown }] }, { 'if-none-match': tag });
    expect(novel.status).toBe(400);
  });

  it('of a layer that is no tar: 400; the report about it remains', async () => {
    const failed = await post(manifestOf(noTar, blobs.url));
    expect(failed).toMatchObject({ status: 400, json: { code: 'bad-request' } });
    expect((failed.json as { message: string }).message).toMatch(/^failed to start scan: /);
    expect(failed.headers['link']).toBeUndefined();
    const report = await service.ask('GET', `${indexPath}/${noTar.manifestDigest}`);
    expect(report).toMatchObject({
      status: 200,
      json: {
        manifest_hash: noTar.manifestDigest,
        state: 'IndexError',
        success: false,
        err: expect.stringMatching(/./) as string,
        packages: {},
        environments: {},
      },
    });
    const matched = await service.ask('GET', `/matcher/api/v1/vulnerability_report/${noTar.manifestDigest}`);
    expect(matched).toMatchObject({ status: 404, json: { code: 'not-found' } });
  });

  it('of a layer that its server does not give: 500', async () => {
    const hash = `sha256:${'2'.repeat(64)}`;
    const failed = await post({ hash, layers: [{ hash: unknown, uri: `${blobs.url}/nothing` }] });
    expect(failed).toMatchObject({
      status: 500,
      json: { code: 'internal-error', message: expect.stringContaining('status 403') as string },
    });
    expect(await service.ask('GET', `${indexPath}/${hash}`)).toMatchObject({
      status: 200,
      json: { state: 'IndexError' },
    });
  });

  const layers = [{ hash: unknown, uri: 'https://a.example/' }];
  it.each<[what: string, body: unknown, message: RegExp]>([
    ['no hash', { layers }, /^bogus manifest/],
    ['an empty hash', { hash: '', layers }, /^bogus manifest/],
    ['no layers', { hash: unknown }, /^bogus manifest/],
    ['null for its layers', { hash: unknown, layers: null }, /^bogus manifest/],
    ['an empty list of layers', { hash: unknown, layers: [] }, /^bogus manifest/],
    ['another kind of digest', { hash: 'md5:00', layers }, /digest/],
    ['a layer without a digest', { hash: unknown, layers: [{ uri: 'https://a.example/' }] }, /digest/],
    ['headers that are no lists', { hash: unknown, layers: [{ ...layers[0], headers: { Accept: 'x' } }] }, /headers/],
    ['a header for the connection', { hash: unknown, layers: [{ ...layers[0], headers: { Host: ['x'] } }] }, /Host/],
    [
      'a line feed in a header',
      { hash: unknown, layers: [{ ...layers[0], headers: { Accept: ['a\r\nb: c'] } }] },
      /Accept/,
    ],
    ['a line feed in a name', { hash: unknown, layers: [{ ...layers[0], headers: { 'a\nb': ['c'] } }] }, /name/],
    ['a directory of the server', { hash: unknown, layers: [{ ...layers[0], uri: 'file:///etc' }] }, /./],
    [
      'a filesystem',
      { hash: unknown, layers: [{ ...layers[0], media_type: 'application/vnd.claircore.filesystem' }] },
      /director/,
    ],
    ['513 layers', { hash: unknown, layers: Array.from({ length: 513 }, () => layers[0]) }, /512/],
    ['a million layers', { hash: unknown, layers: Array.from({ length: 1_000_000 }, () => ({})) }, /members/],
    ['a text in it that is not ASCII', { hash: 'é', layers }, /digest/],
    ['no object', [], /./],
  ])('of a manifest with %s: 400 in ASCII', async (_what, json, message) => {
    const answer = await post(json);
    expect(answer).toMatchObject({
      status: 400,
      json: { code: 'bad-request', message: expect.stringMatching(message) as string },
    });
    expect(answer.text).toMatch(/^[\x20-\x7e]+$/);
    expect(answer.headers).toMatchObject({ 'x-content-type-options': 'nosniff' });
    expect(answer.headers['content-type']).toMatch(/^application\/json/);
  });

  it('keeps to itself which internal addresses exist', async () => {
    const guarded = await startClairService({
      dependencies: {
        checkLayerUrls: () => Promise.reject(new ClarionError('egress-denied', 'db.internal is 10.0.0.7')),
      },
    });
    const json = { hash: unknown, layers: [{ hash: unknown, uri: 'http://db.internal/' }] };
    const answer = await guarded.ask('POST', indexPath, { json });
    expect(answer.status).toBe(400);
    expect(answer.text).not.toMatch(/internal|10\.0/);
    await guarded.close();
  });

  it('of a body that is too large: 413 in the form of Clair', async () => {
    const answer = await service
      .ask('POST', indexPath, { headers: { 'content-length': String(5 * 1024 ** 2) } })
      .catch((error: unknown) => error);
    expect(answer).toMatchObject({ status: 413, json: { code: 'internal-error' } });
  });

  it('of a body that stalls: an error in the form of Clair', async () => {
    const slow = await startClairService({ bodies: { jsonMillis: 50 } });
    let end: (() => void) | undefined;
    async function* endless(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('{"hash":');
      await new Promise<void>((resolve) => (end = resolve));
    }
    const answer = await slow.ask('POST', indexPath, { body: endless() });
    end?.();
    expect(answer).toMatchObject({
      status: 408,
      json: { code: 'internal-error', message: expect.any(String) as string },
    });
    await slow.close();
  });

  it('beyond its limit: 429 with the time to ask again; other calls still answer', async () => {
    const limited = await startClairService({ indexRequests: 1 });
    const gone = new AbortController();
    const { url } = blobs;
    const waiting = limited
      .ask('POST', indexPath, { json: manifestOf(third, url), signal: gone.signal })
      .catch(() => 'gone');
    await until(
      'it waits',
      async () => (await limited.ask('GET', `${indexPath}/${third.manifestDigest}`)).status === 200,
    );
    const report = await limited.ask('GET', `${indexPath}/${third.manifestDigest}`);
    expect(report.json).toMatchObject({ state: 'CheckManifest', success: false, err: '' });
    const over = await limited.ask('POST', indexPath, { json: manifestOf(other, url) });
    expect(over).toMatchObject({ status: 429, json: { code: 'too-many-requests' }, headers: { 'retry-after': '5' } });
    expect(await limited.ask('DELETE', indexPath, { json: [] })).toMatchObject({ status: 200, json: [] });
    // Who disconnects waits no more, and the slot is free again.
    gone.abort();
    expect(await waiting).toBe('gone');
    limited.work();
    await until(
      'another image is indexed',
      async () => (await limited.ask('POST', indexPath, { json: manifestOf(other, url) })).status === 201,
    );
    await limited.close();
  });
});

describe('index reports', () => {
  it('have a package with an environment for everything that is installed', async () => {
    await post(manifestOf(built, blobs.url));
    const { json } = await service.ask('GET', `${indexPath}/${built.manifestDigest}`);
    const { packages, environments, distributions } = json as Record<string, Record<string, Record<string, unknown>>>;
    expect(Object.values(packages ?? {}).map(({ name }) => name)).toEqual(['bash', 'openssl']);
    expect(Object.keys(environments ?? {})).toEqual(Object.keys(packages ?? {}));
    const [distribution] = Object.values(distributions ?? {});
    const environment = {
      package_db: 'var/lib/dpkg/status',
      introduced_in: built.layers[0]?.digest,
      distribution_id: distribution?.['id'],
      repository_ids: [],
    };
    expect(Object.values(environments ?? {})).toEqual([[environment], [environment]]);
    expect(distribution).toMatchObject({ did: 'debian', version_id: '12', version_code_name: 'bookworm' });
  });

  it('are not found, although the validator is that of now, when there are none', async () => {
    const answer = await service.ask('GET', `${indexPath}/${unknown}`, {
      headers: { 'if-none-match': `"${await stateNow()}"` },
    });
    expect(answer).toMatchObject({ status: 404, json: { code: 'not-found', message: 'index report not found' } });
    expect(await service.ask('GET', `${indexPath}/sha256:zz`)).toMatchObject({
      status: 400,
      json: { code: 'bad-request', message: expect.stringMatching(/^malformed path: /) as string },
    });
  });

  it('have not changed in the same state, also for callers that accept codings', async () => {
    await post(manifestOf(built, blobs.url));
    const tag = `"${await stateNow()}"`;
    const headers = { 'if-none-match': tag, 'accept-encoding': 'gzip' };
    const path = `${indexPath}/${built.manifestDigest}`;
    expect(await service.ask('GET', path, { headers })).toMatchObject({
      status: 304,
      text: '',
      headers: { etag: tag },
    });
    const coded = await service.ask('GET', path, { headers: { 'accept-encoding': 'gzip' } });
    expect(coded).toMatchObject({ status: 200, headers: { etag: tag } });
  });

  it('are deleted one by one, and several at once: only what was there is answered', async () => {
    await post(manifestOf(other, blobs.url));
    const path = `${indexPath}/${other.manifestDigest}`;
    for (let time = 1; time <= 2; time++) {
      expect(await service.ask('DELETE', path)).toMatchObject({ status: 204, text: '' });
      expect((await service.ask('GET', path)).status).toBe(404);
    }
    await post(manifestOf(other, blobs.url));
    const deleted = await service.ask('DELETE', indexPath, { json: [unknown, other.manifestDigest, unknown] });
    expect(deleted).toMatchObject({ status: 200, json: [other.manifestDigest] });
    expect(await service.ask('DELETE', indexPath, { json: ['x'] })).toMatchObject({ status: 400 });
    expect(await service.ask('DELETE', `${indexPath}/x`)).toMatchObject({ status: 400 });
  });
});
