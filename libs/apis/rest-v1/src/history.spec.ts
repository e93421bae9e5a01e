import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Digest } from '@clarion/model';
import { buildImage, file } from '@clarion/test-kit';
import Ajv2020 from 'ajv/dist/2020';
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

describe('a comparison', () => {
  const compare = (a: string, b: string) =>
    here.ask('GET', `/api/v1/compare?a=${encodeURIComponent(a)}&b=${encodeURIComponent(b)}`);
  const schema = JSON.parse(
    readFileSync(join(__dirname, '../../../../docs/schemas/comparison-v1.json'), 'utf8'),
  ) as object;

  test('has the published schema, and says how far back it is valid', async () => {
    const answer = await compare(`${digest}@${first}`, 'ours/app:1');
    const check = new Ajv2020({ strict: false, allErrors: true }).compile(schema);
    expect([check(answer.json), check.errors]).toEqual([true, null]);
    const { indexedAt } = await here.useCases.images.get(digest);
    expect(answer.json).toMatchObject({
      a: { digest, at: first, knownSince: indexedAt, complete: true, incomplete: [] },
      items: [{ change: 'changed', cause: 'data', changed: ['severity', 'state', 'fixedIn'] }],
    });
    expect([answer.headers.get('clarion-known-since'), answer.headers.get('clarion-history-from')]).toEqual([
      indexedAt,
      null,
    ]);
  });

  test.each([
    [`${digest}@2000-01-01`, 410, 'no-data'],
    [`${digest}@2100-01-01`, 400, 'invalid-input'],
    ['ours/other:1', 404, 'not-found'],
    ['ours/app:1@2026-13-01', 400, 'invalid-input'],
    [`${digest}@soon`, 400, 'invalid-input'],
    ['ours/app@sha256:12', 400, 'invalid-input'],
  ])('with %s has the error that its report would have', async (side, status, code) => {
    expect(await compare(side, digest)).toMatchObject({ status, json: { code } });
    expect(await compare(digest, side)).toMatchObject({ status, json: { code } });
  });

  test('says of each side whether it is complete', async () => {
    const release = file('etc/os-release', 'ID=debian\nVERSION_ID="11"\n');
    const status = file('var/lib/dpkg/status', 'Package: a\nStatus: install ok installed\nVersion: 1\n');
    const other = buildImage({ layers: [[release, status]], compression: 'gzip' });
    await here.useCases.images.upload(archiveOf(other), {});
    const { json } = await compare(other.manifestDigest, digest);
    expect(json).toMatchObject({ a: { complete: false, incomplete: ['no-data'] }, b: { complete: true } });
  });
});

test('the name of a repository is percent-encoded once', async () => {
  const of = (name: string) => here.ask('GET', `/api/v1/repositories/${name}/tags/1/timeline`);
  expect(await of('ours%2Fapp')).toMatchObject({ status: 200, json: { items: [{ digest }] } });
  expect(await of('ours%2Fother')).toMatchObject({ status: 404, json: { code: 'not-found' } });
});

test('who wrote own vulnerabilities is shown to administrators', async () => {
  const record = {
    summary: 'x',
    affected: [{ package: { ecosystem: 'Debian:12', name: 'a' }, database_specific: { state: 'affected' } }],
  };
  await here.ask('PUT', '/api/v1/own-vulnerabilities/debian:12/ACME-1', { json: record, token: 'operator' });
  const revisions = '/api/v1/feeds/own-vulnerabilities/revisions';
  expect(await here.ask('GET', revisions)).toMatchObject({ status: 200, json: { items: [{ by: 'operator' }] } });
  const { json } = await here.ask('GET', revisions, { token: 'operator' });
  expect(json).toMatchObject({ items: [expect.not.objectContaining({ by: 'operator' })] });
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
