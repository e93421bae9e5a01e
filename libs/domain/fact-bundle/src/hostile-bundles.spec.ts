import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import type { AdvisoryGroup, FeedState, Store, VulnerabilityRecord } from '@clarion/model';
import { openEmbeddedStore } from '@clarion/store-embedded';
import { importFacts, type ImportOptions } from '.';

// Well-formed bundles with a right checksum from an untrusted source: their content must match their own numbers.

const now = new Date('2026-03-01T12:00:00.000Z');
const recently = '2026-03-01T06:00:00.000Z';

let scratch: string;
let store: Store;

beforeEach(async () => {
  scratch = mkdtempSync(path.join(tmpdir(), 'clarion-bundle-'));
  store = await openEmbeddedStore({ directory: scratch });
});

afterEach(async () => {
  await store.close();
  rmSync(scratch, { recursive: true, force: true });
});

function groups(count: number, more: Partial<AdvisoryGroup> = {}): AdvisoryGroup[] {
  return Array.from({ length: count }, (_, number) => ({
    ...{ namespace: 'debian:12', package: `p${number}`, feed: 'tracker', document: 'd' },
    ...{ nameKind: 'source', scheme: 'dpkg', advisories: [{ id: 'CVE-1', state: 'affected' }] },
    ...more,
  }));
}

const texts = (count: number): VulnerabilityRecord[] =>
  Array.from({ length: count }, (_, number) => ({ feed: 'tracker', id: `CVE-${number}` }));

function state(count: number, more: Partial<FeedState> = {}): FeedState {
  const document = { validators: { etag: '"1"' }, groups: count, namespaces: ['debian:12'] };
  const counts = { groups: count, statements: count, problems: 0, problemSamples: [] };
  return { feed: 'tracker', parserVersion: 1, documents: { d: document }, lastSuccess: recently, ...counts, ...more };
}

interface Content {
  readonly groups?: readonly AdvisoryGroup[];
  readonly texts?: readonly VulnerabilityRecord[];
  readonly state?: FeedState;
  readonly numbers?: { readonly texts: number; readonly repositories: number };
  readonly lines?: readonly string[];
}

function bundleOf(content: Content): Buffer {
  const { numbers } = content;
  const lines = [
    { kind: 'header', version: 1 },
    ...(content.groups ?? []).map((group) => ({ kind: 'group', group, hash: 'as it likes' })),
    ...(content.texts ?? []).map((text) => ({ kind: 'text', text })),
    ...(content.state === undefined ? [] : [{ kind: 'feed', state: content.state, numbers }]),
  ].map((record) => JSON.stringify(record));
  const body = `${[...lines, ...(content.lines ?? [])].join('\n')}\n`;
  const sha256 = createHash('sha256').update(body).digest('hex');
  const records = lines.length + (content.lines?.length ?? 0);
  return gzipSync(`${body}${JSON.stringify({ kind: 'end', records, sha256 })}\n`);
}

async function* bytesOf(content: Content): AsyncGenerator<Uint8Array> {
  await Promise.resolve();
  yield bundleOf(content);
}

const imported = (content: Content, more: Partial<ImportOptions> = {}) =>
  importFacts(() => bytesOf(content), store, { label: 'facts.gz', now: () => now, ...more });

const stored = async (): Promise<readonly number[]> => {
  const found = await store.advisories(groups(100).map(({ namespace, package: name }) => [namespace, name] as const));
  return [found.length, (await store.feedStates()).length];
};

describe('into an empty store, a bundle', () => {
  const first = groups(1)[0];
  it.each<readonly [string, Content, string]>([
    ['with fewer packages than its state says', { state: state(40), groups: groups(30) }, '30 packages, and 40'],
    ['with none of them', { state: state(8769) }, '0 packages, and 8769'],
    ['with more of them', { state: state(1), groups: groups(2) }, '2 packages, and 1'],
    ['with other advisories', { state: state(2, { statements: 9 }), groups: groups(2) }, '2 advisories, and 9'],
    [
      'with packages of a document that its state does not name',
      { state: state(1, { documents: {} }), groups: groups(1) },
      '1 packages of document d, and 0',
    ],
    [
      'with fewer texts than it says',
      { state: state(0), texts: texts(3), numbers: { texts: 4, repositories: 0 } },
      '3 descriptions and scores, and 4',
    ],
    ['with a package twice', { state: state(2), groups: [...groups(1), ...groups(1)] }, 'twice'],
    ['with a text twice', { state: state(0), texts: [...texts(1), ...texts(1)] }, 'twice'],
    [
      'with two states of a feed',
      { lines: [1, 2].map((count) => JSON.stringify({ kind: 'feed', state: state(count) })) },
      'two states',
    ],
    ['with a feed that is empty, as it says', { state: state(0) }, 'has no facts at all'],
    ['of tomorrow', { state: state(1, { lastSuccess: '2026-03-02T12:00:00.000Z' }), groups: groups(1) }, 'future'],
    ['tried in 2999', { state: state(1, { lastAttempt: '2999-01-01T00:00:00.000Z' }), groups: groups(1) }, 'future'],
    ['with an invalid time', { state: state(1, { lastSuccess: 'z' }), groups: groups(1) }, 'unknown shape'],
    [
      'with a group of another shape',
      {
        state: state(1),
        groups: [{ ...groups(1)[0], advisories: [{ id: 'CVE-1', state: 'fixed', ranges: 7 }] } as never],
      },
      'unknown shape',
    ],
    [
      'of a feed that was never loaded',
      { state: { ...state(1), lastSuccess: undefined } as never, groups: [first as never] },
      'not the state',
    ],
    [
      'with a line of many values',
      { lines: [`{"kind":"group","group":[${'[],'.repeat(2_000_000)}[]]}`] },
      'has more than',
    ],
    ['with a line that is nested deep', { lines: [`{"kind":"group","group":${'['.repeat(1000)}`] }, 'nested deeper'],
    ['with a line that is long', { lines: [`{"kind":"group","group":"${'y'.repeat(33 << 20)}"}`] }, 'is larger than'],
  ])('%s is rejected', async (_, content, reason) => {
    await expect(imported(content)).rejects.toThrow(reason);
    expect(await stored()).toEqual([0, 0]);
  });

  it('is imported if its numbers are right, and the next update knows that its facts were imported', async () => {
    const most = { since: '2020-01-01T00:00:00.000Z', groups: 9999, statements: 9999 };
    await imported({ state: state(30, { peak: most, place: 'elsewhere' }), groups: groups(30), texts: texts(2) });
    expect(await stored()).toEqual([30, 1]);
    expect(await store.feedStates()).toMatchObject([
      { imported: true, groups: 30, peak: { groups: 30, statements: 30 } },
    ]);
    expect(await store.feedStates()).not.toHaveProperty('0.place');
  });
});

describe('where a feed is stored, a bundle', () => {
  beforeEach(() => imported({ state: state(50), groups: groups(50), texts: texts(50) }));

  const losses: readonly (readonly [string, Content, string])[] = [
    [
      'with a part of its packages',
      { state: state(39), groups: groups(39), texts: texts(50) },
      'would lose 11 of 50 packages',
    ],
    [
      'with other packages',
      { state: state(50), groups: groups(50, { namespace: 'debian:13' }), texts: texts(50) },
      'would lose 50',
    ],
    ['without its texts', { state: state(50), groups: groups(50) }, 'would lose 50 of 50 vulnerabilities'],
    ['without anything', { state: state(0) }, 'has no facts at all'],
  ];

  it.each(losses)('%s is rejected', async (_, content, reason) => {
    await expect(imported(content)).rejects.toMatchObject({
      code: 'invalid-input',
      message: expect.stringContaining(reason) as string,
      remedy: expect.stringContaining('--force') as string,
    });
    expect(await stored()).toEqual([50, 1]);
  });

  it.each(losses)('%s is imported if accepted, or own data', async (_, content) => {
    await imported(content, { force: true });
    await imported({ state: state(50), groups: groups(50), texts: texts(50) }, { force: true });
    await imported(content, { isOwn: (feed) => feed === 'tracker' });
    const packages = content.groups?.filter(({ namespace }) => namespace === 'debian:12').length ?? 0;
    expect(await stored()).toEqual([packages, 1]);
  });

  it('that shrinks in small steps is rejected, too', async () => {
    await imported({ state: state(45), groups: groups(45), texts: texts(50) });
    const less = { state: state(37), groups: groups(37), texts: texts(50) };
    await expect(imported(less)).rejects.toThrow('would lose 13 of 50 packages since');
  });

  it('that is slightly smaller is imported', async () => {
    await imported({ state: state(45), groups: groups(45), texts: texts(45) });
    expect(await stored()).toEqual([45, 1]);
  });

  it('without a load of that feed leaves it unchanged', async () => {
    const never = { ...state(0), lastSuccess: undefined, lastError: 'no answer' } as never;
    await imported({ state: never });
    expect(await stored()).toEqual([50, 1]);
  });
});
