import { status } from '@grpc/grpc-js';
import { clarionV1 } from '@clarion/proto';
import { ask, startGrpcApi, type TestedGrpcApi } from '../testing/grpc-client';
import {
  archiveOf,
  debianImage,
  openssl,
  recordDebian,
  startInstallation,
  type TestInstallation,
} from '../testing/installation';

const built = debianImage(['openssl=3.0.11-1'], 'one');
const digest = built.manifestDigest;
const before = (minutes: number): string => new Date(Date.now() - minutes * 60_000).toISOString();
const [first, second] = [before(20), before(10)] as const;
const page = { limit: 0, after: '' };

describe('the history over gRPC', () => {
  let here: TestInstallation;
  let api: TestedGrpcApi;
  beforeAll(async () => {
    here = await startInstallation();
    await recordDebian(here.store, first, {
      openssl: [{ id: 'CVE-2023-5678', state: 'affected', severity: 'Medium' }],
    });
    await recordDebian(here.store, second, { openssl: [openssl('3.0.13-1')] });
    await here.useCases.images.upload(archiveOf(built), { reference: 'ours/app:1' });
    api = await startGrpcApi(here.useCases);
  });
  afterAll(async () => {
    await api.close();
    await here.close();
  });

  test('a report at a time says how far back it is valid', async () => {
    const request = { digest, format: '', notTags: [], showSuppressed: false, at: first };
    const answer = await ask(api.images, 'getReport', { request });
    const { content, knownSince, historyFrom } =
      'ok' in answer ? answer.ok : { content: '', knownSince: '', historyFrom: '' };
    expect(JSON.parse(content.toString())).toMatchObject({ findings: [{ state: 'affected' }] });
    expect([knownSince, historyFrom]).toEqual([(await here.useCases.images.get(digest)).indexedAt, undefined]);
    const wrong = await ask(api.images, 'getReport', { request: { ...request, at: 'soon' } });
    expect(wrong).toMatchObject({ refused: { reason: 'invalid-input' } });
    const early = await ask(api.images, 'getReport', { request: { ...request, at: before(30) } });
    expect(early).toMatchObject({ refused: { reason: 'no-data', status: status.OUT_OF_RANGE } });
  });

  test('time lines of an image, a tag and a vulnerability', async () => {
    const image = await ask(api.history, 'getImageTimeline', { request: { digest, ...page } });
    expect(image).toMatchObject({
      ok: {
        findings: [
          {
            id: 'CVE-2023-5678',
            from: first,
            steps: [
              { at: first, cause: { kind: 'start' }, state: 'affected' },
              {
                at: second,
                cause: { kind: 'data', feed: 'debian-security-tracker' },
                state: 'fixed',
                fixedIn: '3.0.13-1',
              },
            ],
          },
        ],
        steps: [{ at: second, changed: 1 }],
        completeFrom: first,
        incomplete: [],
      },
    });
    const tag = await ask(api.history, 'getTagTimeline', { request: { repository: 'ours/app', tag: '1', ...page } });
    expect(tag).toMatchObject({
      ok: {
        periods: [{ digest, until: undefined, added: undefined, steps: [], missing: undefined }],
        historyFrom: undefined,
      },
    });
    const of = { id: 'CVE-2023-5678', ...page };
    expect(await ask(api.history, 'getVulnerabilityTimeline', { request: of })).toMatchObject({
      ok: { steps: [{ at: second, before: [{ state: 'affected' }], after: [{ state: 'fixed', scheme: 'dpkg' }] }] },
    });
  });

  test('comparisons and revisions', async () => {
    const request = { a: `${digest}@${first}`, b: 'ours/app:1', ...page };
    expect(await ask(api.history, 'compareImages', { request })).toMatchObject({
      ok: {
        a: { digest, at: first, complete: true, incomplete: [], platform: 'linux/amd64' },
        b: { digest, at: undefined, reference: 'ours/app:1', knownSince: expect.any(String) as string },
        changed: { medium: 1 },
        unchanged: { medium: 0 },
        differences: [
          {
            change: 'changed',
            cause: 'data',
            changed: ['state', 'fixedIn'],
            finding: { state: 'fixed', severity: clarionV1.Severity.SEVERITY_MEDIUM },
            before: { state: 'affected' },
          },
        ],
      },
    });
    const other = await ask(api.history, 'compareImages', { request: { ...request, change: 'other' } });
    expect(other).toMatchObject({ refused: { reason: 'invalid-input' } });
    const early = { request: { ...request, a: `${digest}@2000-01-01` } };
    expect(await ask(api.history, 'compareImages', early)).toMatchObject({ refused: { reason: 'no-data' } });
    const feed = { feed: 'debian-security-tracker', ...page };
    expect(await ask(api.history, 'listRevisions', { request: feed })).toMatchObject({
      ok: {
        revisions: [
          { at: second, changes: 1, first: false },
          { at: first, first: true },
        ],
        next: '',
      },
    });
  });

  test('what was pruned', async () => {
    await here.store.forgetChanges(`${second} update 2`);
    const request = { digest, format: '', notTags: [], showSuppressed: false, at: first };
    expect(await ask(api.images, 'getReport', { request })).toMatchObject({
      refused: { reason: 'history-pruned', status: status.OUT_OF_RANGE },
    });
  });
});
