import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { FeedRecord, VersionRange } from '@clarion/model';
import { sharedMaterial } from '@clarion/test-kit';
import { isAffected, versionScheme } from '@clarion/version-schemes';
import { nodejsCore } from '.';
import { affectedRanges } from './affected-ranges';

async function* once(text: string): AsyncGenerator<Uint8Array> {
  await Promise.resolve();
  yield Buffer.from(text);
}

async function recordsOf(entries: unknown): Promise<FeedRecord[]> {
  const records: FeedRecord[] = [];
  for await (const record of nodejsCore.parse({ name: 'index.json', body: once(JSON.stringify(entries)) }))
    records.push(record);
  return records;
}

test.each<[vulnerable: string, patched: string, ranges: readonly VersionRange[]]>([
  ['8.x', '^8.1.4', [{ introduced: '8.0.0', fixed: '8.1.4' }]],
  [
    '8.x || 5.x',
    '^8.1.4',
    [
      { introduced: '5.0.0', limit: '6.0.0' },
      { introduced: '8.0.0', fixed: '8.1.4' },
    ],
  ],
  ['6.x', '', [{ introduced: '6.0.0', limit: '7.0.0' }]],
  ['0.10.x', '^0.10.48', [{ introduced: '0.10.0', fixed: '0.10.48' }]],
  ['>=6.0.0 <6.2.0', '^4.4.6', [{ introduced: '6.0.0', limit: '6.2.0' }]],
  ['9.7.x', '^9.11.2', [{ introduced: '9.7.0', limit: '9.8.0', fixed: '9.11.2' }]],
  ['15.x', '15.2.1', [{ introduced: '15.0.0', fixed: '15.2.1' }]],
  [
    '<= 10',
    '^6.14.4 || ^8.11.4 || >= 10.9.0',
    [{ fixed: '6.14.4' }, { introduced: '7.0.0', fixed: '8.11.4' }, { introduced: '9.0.0', fixed: '10.9.0' }],
  ],
])('%s without %s is affected', (vulnerable, patched, ranges) => {
  expect(affectedRanges(vulnerable, patched)).toEqual(ranges);
});

test.each([
  ['', ''],
  ['latest', '^8.1.4'],
  ['8.x', 'soon'],
  ['1 - 2', ''],
  [`${'8.x || '.repeat(10)}x`, ''],
])('%j and %j are no ranges', (vulnerable, patched) => {
  expect(affectedRanges(vulnerable, patched)).toMatch(/^Not a range of versions/);
});

const entry = { cve: ['CVE-2099-0001'], vulnerable: '8.x', patched: '^8.1.4', affectedEnvironments: ['all'] };

test.each<[what: string, change: object, ids: readonly string[]]>([
  ['one CVE', {}, ['CVE-2099-0001']],
  [
    'several CVEs, one twice',
    { cve: ['CVE-2099-0001', 'CVE-2099-0002', 'CVE-2099-0001'] },
    ['CVE-2099-0001', 'CVE-2099-0002'],
  ],
  ['no CVE', { cve: [] }, ['NSWG-COR-7']],
  ['Linux', { affectedEnvironments: ['linux'] }, ['CVE-2099-0001']],
  ['Windows', { affectedEnvironments: ['win32'] }, []],
])('an entry about %s', async (_, change, ids) => {
  const records = await recordsOf({ 7: { ...entry, ...change } });
  const found = records.flatMap((record) => (record.kind === 'group' ? record.group.advisories : []));
  expect(found.map(({ id }) => id)).toEqual(ids);
  expect(records.filter(({ kind }) => kind === 'problem')).toEqual([]);
});

test.each([
  ['without versions', { vulnerable: undefined }],
  ['with other ranges', { vulnerable: 'all' }],
])('an entry %s is a problem', async (_, change) => {
  expect(await recordsOf({ 7: { ...entry, ...change } })).toMatchObject([{ kind: 'problem', record: '7' }]);
});

const material = sharedMaterial('feeds', 'nodejs', 'core-index.json.gz');

(material === undefined ? describe.skip : describe)('all entries (shared/feeds/nodejs)', () => {
  async function advisoriesFor(version: string): Promise<readonly string[]> {
    const records = await recordsOf(JSON.parse(gunzipSync(readFileSync(material ?? '')).toString()));
    expect(records.filter(({ kind }) => kind === 'problem')).toEqual([]);
    const advisories = records.flatMap((record) => (record.kind === 'group' ? record.group.advisories : []));
    const npm = versionScheme('npm')!;
    return advisories.filter(({ ranges = [] }) => isAffected(npm, ranges, version)).map(({ id }) => id);
  }

  // As the package semver of npm says.
  it.each([
    ['20.20.2', 0],
    ['25.8.1', 9],
    ['18.20.4', 1],
    ['16.20.0', 7],
    ['12.22.1', 19],
    ['8.5.0', 23],
    ['6.0.0', 39],
  ])('%s has %d', async (version, count) => {
    expect(await advisoriesFor(version)).toHaveLength(count);
  });
});
