import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { pipeline } from 'node:stream';
import type { Advisory, FeedRecord } from '@clarion/model';
import { sharedMaterial } from '@clarion/test-kit';
import { debianSecurityTracker } from '.';

async function* bytes(text: string): AsyncGenerator<Uint8Array> {
  await Promise.resolve();
  yield Buffer.from(text);
}

async function parse(document: unknown): Promise<FeedRecord[]> {
  const records: FeedRecord[] = [];
  const body = bytes(JSON.stringify(document));
  for await (const record of debianSecurityTracker.parse({ name: 'json', body })) records.push(record);
  return records;
}

async function cell(value: unknown, suite = 'bookworm'): Promise<FeedRecord | undefined> {
  return (await parse({ p: { 'CVE-2024-0001': { releases: { [suite]: value } } } }))[0];
}

describe('debian-security-tracker', () => {
  const fixed = { state: 'fixed', ranges: [{ fixed: '1.0-1' }] } as const;

  it.each<[string, Record<string, unknown>, Omit<Advisory, 'id'>]>([
    ['resolved', { status: 'resolved', fixed_version: '1.0-1' }, fixed],
    ['resolved in version 0', { status: 'resolved', fixed_version: '0' }, { state: 'not_affected' }],
    [
      'resolved with a stale note',
      { status: 'resolved', fixed_version: '1.0-1', nodsa: 'Minor', nodsa_reason: 'postponed' },
      fixed,
    ],
    ['open', { status: 'open' }, { state: 'affected' }],
    [
      'open with a fixed version',
      { status: 'open', fixed_version: '1.0-1', nodsa: 'Minor', nodsa_reason: 'ignored' },
      fixed,
    ],
    ['open with version 0', { status: 'open', fixed_version: '0' }, { state: 'affected' }],
    [
      'no-dsa',
      { status: 'open', nodsa: 'Minor issue', nodsa_reason: '' },
      { state: 'affected', reason: 'no-dsa: Minor issue' },
    ],
    [
      'no-dsa without reason',
      { status: 'open', nodsa: 'Minor issue' },
      { state: 'affected', reason: 'no-dsa: Minor issue' },
    ],
    [
      'ignored',
      { status: 'open', nodsa: 'Minor', nodsa_reason: 'ignored' },
      { state: 'will_not_fix', reason: 'ignored: Minor' },
    ],
    [
      'postponed',
      { status: 'open', nodsa: '', nodsa_reason: 'postponed' },
      { state: 'fix_deferred', reason: 'postponed' },
    ],
    [
      'end of life',
      { status: 'open', urgency: 'end-of-life' },
      { state: 'end_of_life', vendorSeverity: 'end-of-life' },
    ],
    [
      'resolved at end of life',
      { status: 'resolved', fixed_version: '1.0-1', urgency: 'end-of-life' },
      { ...fixed, vendorSeverity: 'end-of-life' },
    ],
    ['undetermined', { status: 'undetermined' }, { state: 'under_investigation' }],
    [
      'unimportant',
      { status: 'open', urgency: 'unimportant' },
      { state: 'affected', severity: 'Negligible', vendorSeverity: 'unimportant' },
    ],
    ['low', { status: 'open', urgency: 'low' }, { state: 'affected', severity: 'Low', vendorSeverity: 'low' }],
    [
      'medium with stars',
      { status: 'open', urgency: 'medium**' },
      { state: 'affected', severity: 'Medium', vendorSeverity: 'medium' },
    ],
    ['high', { status: 'open', urgency: 'high' }, { state: 'affected', severity: 'High', vendorSeverity: 'high' }],
    [
      'not yet assigned',
      { status: 'open', urgency: 'not yet assigned' },
      { state: 'affected', vendorSeverity: 'not yet assigned' },
    ],
    [
      'an urgency of tomorrow',
      { status: 'open', urgency: 'apocalyptic' },
      { state: 'affected', vendorSeverity: 'apocalyptic' },
    ],
  ])('%s', async (_, value, expected) => {
    expect(await cell(value)).toMatchObject({ group: { advisories: [{ id: 'CVE-2024-0001', ...expected }] } });
    const record = await cell(value);
    expect(record?.kind === 'group' && record.group.advisories[0]).toEqual({ id: 'CVE-2024-0001', ...expected });
  });

  it.each([
    ['buster', 'debian:10'],
    ['bookworm', 'debian:12'],
    ['trixie', 'debian:13'],
    ['forky', 'debian:14'],
    ['sid', 'debian:unstable'],
    ['experimental', 'debian:experimental'],
    ['zurg', 'debian:zurg'],
    ['__proto__x', 'debian:__proto__x'],
  ])('suite %s is %s', async (suite, namespace) => {
    expect(await cell({ status: 'open' }, suite)).toMatchObject({
      group: { namespace, package: 'p', nameKind: 'source', scheme: 'dpkg', document: 'json' },
    });
  });

  it.each([
    ['a status of tomorrow', { status: 'parked' }],
    ['resolved without version', { status: 'resolved' }],
    ['resolved in an empty version', { status: 'resolved', fixed_version: '' }],
    ['no object', 'open'],
  ])('reports %s as a problem', async (_, value) => {
    expect(await cell(value)).toMatchObject({ kind: 'problem', record: 'p CVE-2024-0001 bookworm' });
  });

  it('describes a CVE once, however many packages have it', async () => {
    const flaw = { description: 'Text', releases: { sid: { status: 'open' } } };
    const records = await parse({ a: { 'CVE-2024-0001': flaw }, b: { 'CVE-2024-0001': flaw } });
    expect(records.map(({ kind }) => kind)).toEqual(['vulnerability', 'group', 'group']);
  });
});

interface Counts {
  cells: number;
  problems: number;
  texts: number;
  readonly packages: Set<string>;
  readonly states: Map<string, number>;
}

async function countRecords(body: AsyncIterable<Uint8Array>): Promise<Counts> {
  const counts: Counts = { cells: 0, problems: 0, texts: 0, packages: new Set(), states: new Map() };
  for await (const record of debianSecurityTracker.parse({ name: 'json', body })) {
    if (record.kind === 'problem') counts.problems += 1;
    if (record.kind === 'vulnerability') counts.texts += 1;
    if (record.kind !== 'group') continue;
    counts.packages.add(record.group.package);
    for (const { state } of record.group.advisories) {
      counts.cells += 1;
      const key = `${record.group.namespace} ${state}`;
      counts.states.set(key, (counts.states.get(key) ?? 0) + 1);
    }
  }
  return counts;
}

const derived = sharedMaterial('feeds', 'debian', 'DERIVED-security-tracker-from-osv-2025-02-12.json.gz');

(derived === undefined ? describe.skip : describe)('volume: derived tracker file (shared/feeds/debian)', () => {
  it('keeps every cell', async () => {
    const body = pipeline(createReadStream(derived ?? ''), createGunzip(), () => undefined);
    const counts = await countRecords(body as AsyncIterable<Uint8Array>);
    expect(counts.packages.size).toBe(3178);
    expect([counts.cells, counts.problems]).toEqual([99_782, 0]);
    const open = (namespace: string) =>
      (counts.states.get(`${namespace} affected`) ?? 0) + (counts.states.get(`${namespace} end_of_life`) ?? 0);
    const resolved = (namespace: string) => counts.states.get(`${namespace} fixed`);
    expect(['debian:11', 'debian:12', 'debian:13'].map((id) => [resolved(id), open(id)])).toEqual([
      [28_280, 5507],
      [29_860, 3294],
      [31_274, 1567],
    ]);
  }, 300_000);
});
