import { status } from '@grpc/grpc-js';
import { clarionV1 } from '@clarion/proto';
import {
  ask,
  type Caller,
  type TestedGrpcApi,
  metadataOf,
  readAll,
  errorOf,
  startGrpcApi,
} from '../testing/grpc-client';
import {
  archiveOf,
  debianImage,
  type TestInstallation,
  openssl,
  startInstallation,
  stateDebian,
} from '../testing/installation';

const built = debianImage(['openssl=3.0.11-1', 'bash=5.2-1'], 'one');
const unknown = `sha256:${'0'.repeat(64)}`;
const { ImageState, Severity } = clarionV1;

describe('the gRPC API', () => {
  let here: TestInstallation;
  let api: TestedGrpcApi;
  beforeAll(async () => {
    here = await startInstallation();
    await stateDebian(here.store, { openssl: [openssl('3.0.13-1')] });
    here.work();
    api = await startGrpcApi(here.useCases);
  });
  afterAll(async () => {
    await api.close();
    await here.close();
  });

  const upload = (
    frames: AsyncIterable<clarionV1.UploadImageRequest>,
    caller: Caller = 'scanner',
  ): Promise<clarionV1.UploadImageResponse | ReturnType<typeof errorOf>> =>
    new Promise((resolve) => {
      const call = api.images.uploadImage(metadataOf(caller), (error, response) => {
        resolve(error === null ? response : errorOf(error));
      });
      call.on('error', () => undefined);
      void (async () => {
        for await (const frame of frames) call.write(frame);
        call.end();
      })();
    });
  async function* framesOf(image = built): AsyncGenerator<clarionV1.UploadImageRequest> {
    const options = { imageName: undefined, platform: undefined, reference: 'uploaded.example/app:1' };
    yield { frame: { $case: 'options', value: options } };
    for await (const chunk of archiveOf(image)) yield { frame: { $case: 'chunk', value: Buffer.from(chunk) } };
  }

  it('accepts an archive, returns the image, and reports the bytes of the use case', async () => {
    const uploaded = await upload(framesOf());
    const digest = 'submission' in uploaded ? (uploaded.submission?.digest ?? '') : '';
    expect(uploaded).toMatchObject({ submission: { state: ImageState.IMAGE_STATE_INDEXED, ordered: true } });

    const shown = await ask(api.images, 'getImage', {
      request: { digest, waitSeconds: 0 },
      caller: 'reader',
    });
    expect(shown).toMatchObject({
      ok: {
        image: {
          digest,
          state: ImageState.IMAGE_STATE_INDEXED,
          reference: 'uploaded.example/app:1',
          platform: 'linux/amd64',
          failure: undefined,
        },
      },
    });
    if (!('ok' in shown)) throw new Error('no image');
    expect(shown.ok.image?.layers.map(({ diffId }) => diffId)).toEqual(built.layers.map(({ diffId }) => diffId));
    expect(shown.ok.image?.submittedAt).toMatch(/^\d{4}-\d\d-\d\dT/);

    const wanted = await here.useCases.images.report(digest, { format: 'json' });
    const report = await ask(api.images, 'getReport', {
      request: { digest, format: '', notTags: [], showSuppressed: false },
      caller: 'reader',
    });
    if (!('ok' in report)) throw new Error('no report');
    expect(report.ok).toMatchObject({ unchanged: false, mediaType: 'application/json', tag: wanted.tag });
    expect(report.ok.content.equals(await wanted.body!.in(undefined))).toBe(true);
    expect(JSON.parse(report.ok.content.toString())).toMatchObject({ findings: [{ id: 'CVE-2023-5678' }] });
    const again = await ask(api.images, 'getReport', {
      request: { digest, format: 'json', notTags: ['other', wanted.tag], showSuppressed: false },
    });
    expect(again).toEqual({ ok: { tag: wanted.tag, unchanged: true, mediaType: '', content: Buffer.alloc(0) } });

    const packages = await ask(api.images, 'listPackages', { request: { digest, limit: 1, after: '' } });
    if (!('ok' in packages)) throw new Error('no packages');
    expect(packages.ok.packages).toMatchObject([
      { name: 'bash', version: '5.2-1', namespace: 'debian:12', type: 'dpkg' },
    ]);
    const rest = await ask(api.images, 'listPackages', {
      request: { digest, limit: 0, after: packages.ok.next },
    });
    expect(rest).toMatchObject({
      ok: { packages: [{ name: 'openssl', purl: expect.stringContaining('pkg:deb') as string }], next: '' },
    });
  });

  it.each<[string, clarionV1.ListImagesRequest['search'], number]>([
    ['all', undefined, 1],
    ['a repository', { $case: 'repository', value: 'uploaded.example/app' }, 1],
    ['another repository', { $case: 'repository', value: 'uploaded.example' }, 0],
    ['a package', { $case: 'package', value: 'openssl' }, 1],
    ['a package that it has not', { $case: 'package', value: 'curl' }, 0],
    ['a severity', { $case: 'severity', value: Severity.SEVERITY_MEDIUM }, 1],
    ['a severity that it has not', { $case: 'severity', value: Severity.SEVERITY_CRITICAL }, 0],
    ['a vulnerability', { $case: 'vulnerability', value: 'CVE-2023-5678' }, 1],
  ])('finds images by %s', async (_, search, count) => {
    const found = await ask(api.images, 'listImages', {
      request: { search, limit: 10, after: '' },
      caller: 'reader',
    });
    expect('ok' in found && found.ok.images.length).toBe(count);
  });

  it('returns the records and advisories of a vulnerability', async () => {
    const request = { id: 'CVE-2023-5678', package: undefined, namespace: 'debian:12', limit: 0, after: '' };
    const found = await ask(api.vulnerabilities, 'getVulnerability', { request, caller: 'reader' });
    expect(found).toMatchObject({
      ok: {
        id: 'CVE-2023-5678',
        advisories: [
          {
            feed: 'debian-security-tracker',
            namespace: 'debian:12',
            package: 'openssl',
            scheme: 'dpkg',
            nameKind: 'source',
            state: 'fixed',
            severity: Severity.SEVERITY_MEDIUM,
            ranges: [{ fixed: '3.0.13-1', introduced: undefined }],
          },
        ],
        next: '',
      },
    });
    const listed = await ask(api.vulnerabilities, 'listVulnerabilities', {
      request: { namespace: 'debian:12', package: 'openssl', limit: 0, after: '' },
    });
    expect(listed).toMatchObject({ ok: { vulnerabilities: [{ id: 'CVE-2023-5678', advisories: [{}] }], next: '' } });
  });

  it("stores the installation's own vulnerabilities", async () => {
    const record = {
      summary: 'Ours',
      affected: [
        {
          package: { ecosystem: 'Debian:12', name: 'bash' },
          ranges: [{ type: 'ECOSYSTEM', events: [{ introduced: '0' }, { fixed: '5.3-1' }] }],
        },
      ],
    };
    const key = { namespace: 'debian:12', id: 'ACME-2024-1' };
    const put = (given: Record<string, unknown> | undefined, caller: Caller = 'operator') =>
      ask(api.vulnerabilities, 'putOwnVulnerability', {
        request: { ...key, record: given },
        caller,
      });
    expect(await put(record, 'scanner')).toMatchObject({
      refused: { status: status.PERMISSION_DENIED, reason: 'forbidden' },
    });
    expect(await put(record)).toEqual({ ok: { created: true } });
    expect(await put(record)).toEqual({ ok: { created: false } });
    expect(await put(undefined)).toMatchObject({
      refused: { violations: [{ field: 'record', description: 'is missing' }] },
    });
    expect(await put({ affected: 'nothing' })).toMatchObject({ refused: { reason: 'invalid-input' } });
    const misspelt = [{ package: { ecosystem: 'Debain:12', name: 'bash' }, database_specific: { severity: 'HIHG' } }];
    expect(await put({ affected: misspelt })).toMatchObject({
      refused: {
        status: status.INVALID_ARGUMENT,
        reason: 'invalid-input',
        violations: [
          {
            field: 'record/affected/0/database_specific/severity',
            description: expect.stringContaining('"HIGH"') as string,
          },
          {
            field: 'record/affected/0/package/ecosystem',
            description: expect.stringContaining('"debian:12"') as string,
          },
        ],
      },
    });
    expect(await here.useCases.vulnerabilities.getOwn(key)).toMatchObject({ groups: [{ package: 'bash' }] });
    const remove = () => ask(api.vulnerabilities, 'deleteOwnVulnerability', { request: key, caller: 'operator' });
    expect(await remove()).toEqual({ ok: {} });
    expect(await remove()).toMatchObject({ refused: { status: status.NOT_FOUND, reason: 'not-found' } });
  });

  it('reports neither a success nor a number of records for a feed that was never loaded', async () => {
    const fresh = await startInstallation();
    const its = await startGrpcApi(fresh.useCases);
    try {
      const feeds = await ask(its.feeds, 'listFeeds', { request: {}, caller: 'reader' });
      const counts = { groups: 0n, advisories: 0n, problems: 0n, records: undefined };
      const never = { id: 'debian-security-tracker', lastSuccess: undefined, ...counts };
      expect(feeds).toMatchObject({
        ok: { feeds: expect.arrayContaining([expect.objectContaining(never)]) as unknown },
      });
    } finally {
      await its.close();
      await fresh.close();
    }
  });

  it('reports what a feed lacks as REST does', async () => {
    const fresh = await startInstallation();
    const its = await startGrpcApi(fresh.useCases);
    try {
      await stateDebian(fresh.store, { openssl: [openssl('3.0.13-1')] });
      const missing = [
        { name: 'a.json', namespaces: ['debian:12'], origin: 'extras', architecture: 'amd64' },
        { name: 'b.json', onlyRemoves: true as const },
      ];
      const [state] = await fresh.store.feedStates();
      if (state === undefined) throw new Error('no state');
      await fresh.store.putFeedState({ ...state, missing });
      const feeds = await ask(its.feeds, 'listFeeds', { request: {}, caller: 'reader' });
      if (!('ok' in feeds)) throw new Error('no feeds');
      const without = { ids: [], namespaces: [], origin: undefined, architecture: undefined, onlyRemoves: false };
      expect(feeds.ok.feeds.find(({ id }) => id === state.feed)).toMatchObject({
        level: 'partial',
        missing: [
          { ...without, name: 'a.json', namespaces: ['debian:12'], origin: 'extras', architecture: 'amd64' },
          { ...without, name: 'b.json', onlyRemoves: true },
        ],
        partial: `${state.feed} is partial: 2 documents are not there (a.json, b.json); run clarion update ${state.feed} with a mirror that has them`,
      });
      const listed = (await fresh.useCases.feeds.list()).find(({ id }) => id === state.feed);
      expect(listed?.missing).toEqual(missing);
    } finally {
      await its.close();
      await fresh.close();
    }
  });

  it('lists feeds and queues their updates', async () => {
    const feeds = await ask(api.feeds, 'listFeeds', { request: {}, caller: 'reader' });
    if (!('ok' in feeds)) throw new Error('no feeds');
    expect(feeds.ok.feeds).toContainEqual(
      expect.objectContaining({
        id: 'debian-security-tracker',
        enabled: true,
        level: 'ok',
        advisories: 1n,
        groups: 1n,
        records: 1n,
        own: false,
      }),
    );
    const update = (id: string) => ask(api.feeds, 'updateFeed', { request: { id, force: false }, caller: 'operator' });
    expect(await update('debian-security-tracker')).toEqual({ ok: { request: expect.any(String) as string } });
    expect(await update('none')).toMatchObject({ refused: { status: status.NOT_FOUND, reason: 'not-found' } });
  });

  it('watches an image until it is done', async () => {
    const digest = built.manifestDigest;
    const { items, refused } = await readAll(api.images.watchImage({ digest }, metadataOf('reader')));
    expect(refused).toBeUndefined();
    expect(items.map(({ image }) => image?.state)).toEqual([ImageState.IMAGE_STATE_INDEXED]);
    const missing = await readAll(api.images.watchImage({ digest: unknown }, metadataOf('reader')));
    expect(missing).toMatchObject({ items: [], refused: { status: status.NOT_FOUND, reason: 'not-found' } });
  });

  it('deletes an image for an administrator', async () => {
    const request = { digest: built.manifestDigest };
    const remove = (caller: Caller) => ask(api.images, 'deleteImage', { request, caller });
    expect(await remove('operator')).toMatchObject({ refused: { reason: 'forbidden' } });
    expect(await remove('administrator')).toEqual({ ok: {} });
    expect(await remove('administrator')).toMatchObject({ refused: { reason: 'not-found' } });
  });

  it.each<[string, clarionV1.UploadImageRequest[], string]>([
    ['nothing', [], 'frame must be options before anything else'],
    [
      'a chunk first',
      [{ frame: { $case: 'chunk', value: Buffer.from('x') } }],
      'frame must be options before anything else',
    ],
    [
      'options twice',
      Array<clarionV1.UploadImageRequest>(2).fill({
        frame: { $case: 'options', value: { imageName: undefined, platform: undefined, reference: undefined } },
      }),
      'frame must be a chunk after the options',
    ],
    [
      'an invalid platform',
      [{ frame: { $case: 'options', value: { imageName: undefined, platform: 'windows', reference: undefined } } }],
      'platform must be such as linux/arm64 or linux/arm/v7',
    ],
  ])('rejects an upload of %s', async (_, frames, message) => {
    async function* stream(): AsyncGenerator<clarionV1.UploadImageRequest> {
      yield* await Promise.resolve(frames);
    }
    expect(await upload(stream())).toMatchObject({ status: status.INVALID_ARGUMENT, reason: 'invalid-input', message });
  });

  it('rejects an upload that is not an archive', async () => {
    async function* stream(): AsyncGenerator<clarionV1.UploadImageRequest> {
      yield* await Promise.resolve([
        {
          frame: {
            $case: 'options' as const,
            value: { imageName: undefined, platform: undefined, reference: undefined },
          },
        },
      ]);
      yield { frame: { $case: 'chunk', value: Buffer.from('this is not an archive') } };
    }
    const refused = await upload(stream());
    expect(refused).toMatchObject({ status: expect.any(Number) as number });
    expect('reason' in refused && refused.reason).not.toBe('internal');
    expect(api.logged).toEqual([]);
  });
});
