import type { Digest } from '@clarion/model';
import {
  archiveOf,
  debianImage,
  openssl,
  recordDebian,
  type RestService,
  startRestService,
} from '../testing/rest-service';

const built = debianImage(['openssl=3.0.11-1'], 'one');
const digest: Digest = built.manifestDigest;
const report = `/api/v1/images/${digest}/report`;
const before = (minutes: number): string => new Date(Date.now() - minutes * 60_000).toISOString();
const [first, second] = [before(20), before(10)] as const;

let here: RestService;
beforeAll(async () => {
  here = await startRestService();
  await recordDebian(here.store, first, { openssl: [{ id: 'CVE-2023-5678', state: 'affected' }] });
  await recordDebian(here.store, second, { openssl: [openssl('3.0.13-1')] });
  await here.useCases.images.upload(archiveOf(built), { reference: 'ours/app:1' });
});
afterAll(() => here.close());

test('a report at a time says how far back it is valid, in headers', async () => {
  const then = await here.ask('GET', `${report}?at=${encodeURIComponent(first)}`);
  expect(then.json).toMatchObject({ findings: [{ state: 'affected' }] });
  const { indexedAt } = await here.useCases.images.get(digest);
  expect(then.headers.get('clarion-known-since')).toBe(indexedAt);
  expect(then.headers.get('clarion-history-from')).toBeNull();
  const again = await here.ask('GET', `${report}?at=${encodeURIComponent(first)}`, {
    headers: { 'If-None-Match': then.headers.get('etag') ?? '' },
  });
  expect([again.status, again.headers.get('clarion-known-since')]).toEqual([304, indexedAt]);
  const now = await here.ask('GET', report);
  expect([now.json, now.headers.get('clarion-known-since')]).toMatchObject([{ findings: [{ state: 'fixed' }] }, null]);
});

test.each([
  ['?at=yesterday', 400, 'invalid-input'],
  ['?at=2100-01-01', 400, 'invalid-input'],
  ['?at=2000-01-01', 410, 'no-data'],
])('a report%s', async (query, status, code) => {
  const answer = await here.ask('GET', report + query);
  expect(answer).toMatchObject({ status, json: { code } });
  // Waiting does not help.
  expect(answer.headers.get('retry-after')).toBeNull();
});

test('the name of a repository is percent-encoded once', async () => {
  const of = (name: string) => here.ask('GET', `/api/v1/repositories/${name}/tags/1/timeline`);
  expect(await of('ours%2Fapp')).toMatchObject({ status: 200, json: { items: [{ digest }] } });
  expect(await of('ours%2Fother')).toMatchObject({ status: 404, json: { code: 'not-found' } });
});

test('what was pruned is not there, and not a clean result', async () => {
  await here.store.forgetChanges(`${second} update 2`);
  const from = await here.store.historyFrom();
  const pruned = await here.ask('GET', `${report}?at=${encodeURIComponent(first)}`);
  expect(pruned).toMatchObject({ status: 410, json: { code: 'history-pruned' } });
  const kept = await here.ask('GET', `${report}?at=${encodeURIComponent(from ?? '')}`);
  expect([kept.status, kept.headers.get('clarion-history-from')]).toEqual([200, from]);
  const timeline = await here.ask('GET', `/api/v1/images/${digest}/timeline`);
  expect(timeline.json).toMatchObject({ historyFrom: from, completeFrom: from, from, incomplete: [] });
  const partly = await here.ask('GET', `/api/v1/images/${digest}/timeline?from=${encodeURIComponent(first)}`);
  const names = ['clarion-complete-from', 'clarion-history-from'];
  expect([partly.status, ...names.map((name) => partly.headers.get(name))]).toEqual([200, from, from]);
});
