import type { FeedServer } from '@clarion/test-kit';
import { feedNamed, openssl, putAlpine, secdb } from '../testing/alpine-mirror';
import { updateHarness } from '../testing/update-harness';
import { watched } from '../testing/watched-store';

const alpine = feedNamed('alpine-secdb');
const debian = feedNamed('debian-security-tracker');
const harness = updateHarness();
const { update, stateOf, stored, fixedIn } = harness;

/** Requests except those for Alpine's lists of rejected CVEs, which this server does not have. */
function askedFor(): FeedServer['requests'] {
  return harness.server.requests.filter((request) => !request.path.startsWith('rejections/'));
}

describe('a change', () => {
  it('is written and recorded with old and new advisories of just that vulnerability', async () => {
    putAlpine(harness.server);
    await update(alpine);
    harness.server.put('last-update', '2');
    harness.server.put(
      'v3.20/main.json',
      secdb({ openssl: { '3.1.4-r0': ['CVE-2023-5363'], '3.1.4-r2': ['CVE-2023-5678'] } }),
    );
    const writes: string[] = [];
    const { changes, finished } = await update(alpine, { store: watched(harness.store, writes) });
    expect(writes).toEqual(['put alpine:v3.20 openssl', 'commit']);
    expect(changes).toEqual([
      {
        update: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
        vulnerability: 'CVE-2023-5678',
        feed: 'alpine-secdb',
        namespace: 'alpine:v3.20',
        package: 'openssl',
        document: 'v3.20/main.json',
        nameKind: 'source',
        scheme: 'apk',
        before: [{ id: 'CVE-2023-5678', state: 'fixed', ranges: [{ fixed: '3.1.4-r1' }] }],
        after: [{ id: 'CVE-2023-5678', state: 'fixed', ranges: [{ fixed: '3.1.4-r2' }] }],
      },
    ]);
    expect(finished.state).toMatchObject({ groups: 4, statements: 6, lastChange: '2026-01-01T02:00:00.000Z' });
  });

  it('of wording is written and not recorded', async () => {
    const tracker = (note: string, description: string) =>
      JSON.stringify({
        p: {
          'CVE-2024-0001': { description, releases: { sid: { status: 'open', nodsa: note, nodsa_reason: 'ignored' } } },
        },
      });
    harness.server.put('json', tracker('Minor', 'Text'));
    await update(debian);
    harness.server.put('json', tracker('Minor issue', 'Better text'));
    const { changes, finished } = await update(debian);
    expect(changes).toEqual([]);
    expect(finished).toMatchObject({ result: 'changed', written: { groups: 1, removed: 0, texts: 1 } });
    expect((await stored('debian:unstable', 'p'))[0]?.advisories[0]?.reason).toBe('ignored: Minor issue');
    expect((await harness.store.vulnerability('CVE-2024-0001'))?.texts).toMatchObject([{ description: 'Better text' }]);
  });

  it('that drops a package removes it', async () => {
    putAlpine(harness.server);
    await update(alpine);
    harness.server.put('v3.2/main.json', secdb({ openssl }));
    const { changes, finished } = await update(alpine);
    expect(changes).toMatchObject([{ package: 'zlib', before: [{ id: 'CVE-2023-6992' }], after: [] }]);
    expect(finished.state).toMatchObject({ groups: 3, statements: 5 });
    expect(await stored('alpine:v3.2', 'zlib')).toEqual([]);
  });

  it('that adds a document is recorded', async () => {
    putAlpine(harness.server);
    await update(alpine);
    harness.server.put('last-update', '2');
    harness.server.put('v3.21/main.json', secdb({ openssl }));
    const { changes } = await update(alpine);
    expect(changes).toMatchObject([
      { namespace: 'alpine:v3.21', before: [], after: [{ id: 'CVE-2023-5363' }] },
      { namespace: 'alpine:v3.21', before: [], after: [{ id: 'CVE-2023-5678' }] },
    ]);
  });

  it('leaves the other document of the same package unchanged', async () => {
    putAlpine(harness.server);
    harness.server.put(
      'v3.20/community.json',
      secdb({ openssl: { '1.0-r0': ['CVE-2000-0001'] }, other: { '0': ['CVE-2000-0002'] } }),
    );
    await update(alpine);
    harness.server.put('v3.20/community.json', secdb({ other: { '0': ['CVE-2000-0002'] } }));
    const { changes } = await update(alpine);
    expect(changes).toMatchObject([{ document: 'v3.20/community.json', before: [{ id: 'CVE-2000-0001' }], after: [] }]);
    expect(await fixedIn('alpine:v3.20', 'openssl')).toEqual({
      'CVE-2023-5363': '3.1.4-r0',
      'CVE-2023-5678': '3.1.4-r1',
    });
  });
});

describe('what an upstream drops', () => {
  const cell = { status: 'open' };
  const tracker = (...suites: readonly string[]) =>
    JSON.stringify({ p: { 'CVE-2024-0001': { releases: Object.fromEntries(suites.map((suite) => [suite, cell])) } } });

  it('a release: its facts stay', async () => {
    harness.server.put('json', tracker('buster', 'bookworm'));
    await update(debian);
    for (const next of [tracker('bookworm', 'trixie'), tracker('trixie', 'bookworm', 'sid')]) {
      harness.server.put('json', next);
      const { changes } = await update(debian);
      expect(changes.map(({ after }) => after.length)).toEqual([1]);
      expect(await stored('debian:10', 'p')).toHaveLength(1);
    }
    expect((await stateOf(debian))?.documents['json']?.namespaces).toEqual([
      'debian:10',
      'debian:12',
      'debian:13',
      'debian:unstable',
    ]);
    expect(await stateOf(debian)).toMatchObject({ groups: 4, statements: 4 });
  });

  it('everything: nothing is removed', async () => {
    harness.server.put('json', tracker('bookworm'));
    await update(debian);
    harness.server.put('json', '{}');
    expect((await update(debian)).changes).toEqual([]);
    expect(await stored('debian:12', 'p')).toHaveLength(1);
  });

  it('a document from the list: its facts stay, even while the index is unchanged', async () => {
    putAlpine(harness.server);
    await update(alpine);
    harness.server.remove('v3.2/main.json');
    harness.server.put('last-update', '2');
    expect((await update(alpine)).finished).toMatchObject({ result: 'unchanged', state: { groups: 4 } });
    const { finished, documents } = await update(alpine);
    expect(documents).toEqual({ 'v3.2/main.json': 'frozen' });
    expect(finished).toMatchObject({ result: 'unchanged', state: { groups: 4, statements: 6 } });
    expect(finished.state).not.toHaveProperty('lastError');
    expect(await stored('alpine:v3.2', 'openssl')).toHaveLength(1);
  });

  it('one of the documents of a release: its facts stay, and that is a failure', async () => {
    putAlpine(harness.server);
    await update(alpine);
    harness.server.remove('v3.20/community.json');
    harness.server.put('v3.20/main.json', secdb({ openssl, zlib: { '1.3-r0': ['CVE-2024-2'] } }));
    harness.server.put('last-update', '2');
    for (const result of ['failed', 'failed']) {
      const { finished, documents } = await update(alpine);
      expect(documents).toMatchObject({ 'v3.20/community.json': 'failed' });
      expect(finished).toMatchObject({ result, state: { lastSuccess: '2026-01-01T01:00:00.000Z' } });
      expect(finished.state.lastError).toContain('Document v3.20/community.json is not there any more');
    }
    expect(await stored('alpine:v3.20', 'jenkins')).toHaveLength(1);
    expect(await stored('alpine:v3.20', 'zlib')).toHaveLength(1);
  });

  it('all documents: that is a failure', async () => {
    harness.server.put('json', tracker('bookworm'));
    await update(debian);
    harness.server.remove('json');
    expect((await update(debian)).finished).toMatchObject({
      result: 'failed',
      state: { groups: 1, lastSuccess: '2026-01-01T01:00:00.000Z' },
    });
  });

  it('a document that never existed: that is a failure', async () => {
    expect((await update(debian)).finished).toMatchObject({
      result: 'failed',
      state: { groups: 0, lastError: 'Document json is not there' },
    });
  });
});

describe('another version of the source', () => {
  it('reads unchanged documents again, and writes what it parses differently', async () => {
    putAlpine(harness.server);
    await update(alpine);
    harness.server.requests.length = 0;
    const newer = { ...alpine, version: alpine.version + 1 };
    expect((await update(newer)).finished).toMatchObject({
      result: 'unchanged',
      state: { parserVersion: newer.version },
    });
    expect(askedFor().every(({ status }) => status === 200)).toBe(true);
    harness.server.requests.length = 0;
    await update(newer);
    expect(askedFor().every(({ status }) => status === 304)).toBe(true);
  });

  it('later reads a document that failed in between, even if unchanged', async () => {
    putAlpine(harness.server);
    await update(alpine);
    harness.server.fault('v3.20/main.json', { kind: 'status', status: 503 });
    const newer = { ...alpine, version: alpine.version + 1 };
    expect((await update(newer)).finished.result).toBe('failed');
    harness.server.fault('v3.20/main.json', undefined);
    harness.server.requests.length = 0;
    expect((await update(newer)).finished.result).toBe('unchanged');
    expect(harness.server.requests.filter(({ status }) => status === 200).map(({ path: asked }) => asked)).toEqual([
      'v3.20/main.json',
    ]);
  });
});
