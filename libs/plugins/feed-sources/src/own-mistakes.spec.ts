import type { FeedRecord } from '@clarion/model';
import { buildZip } from '@clarion/test-kit';
import { type OwnFeedOptions, ownFeed } from './own-feed';

const here: OwnFeedOptions = { id: 'own', format: 'osv', baseUrl: 'file:///srv/own/' };
const elsewhere: OwnFeedOptions = { ...here, baseUrl: 'https://acme.example/own/' };

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  await Promise.resolve();
  yield bytes;
}

async function read(options: OwnFeedOptions, name: string, content: string | Uint8Array): Promise<FeedRecord[]> {
  const records: FeedRecord[] = [];
  for await (const record of ownFeed(options).parse({ name, body: once(Buffer.from(content)) })) records.push(record);
  return records;
}

const good = {
  package: { ecosystem: 'Debian:12', name: 'acme-agent' },
  ranges: [{ type: 'ECOSYSTEM', events: [{ introduced: '0' }, { fixed: '2.1-1' }] }],
};
const record = (entry: object, whole: object = {}): object => ({
  id: 'ACME-1',
  affected: [{ ...good, ...entry }],
  ...whole,
});
const events = (...list: unknown[]): object => ({ ranges: [{ type: 'ECOSYSTEM', events: list }] });

/** The kind of error, the record, the JSON pointer to the member, and the message. */
type Mistaken = readonly [what: string, record: unknown, pointer: string, message: string];
const mistakes: readonly Mistaken[] = [
  [
    'an ecosystem',
    record({ package: { ecosystem: 'Debain:12', name: 'x' } }),
    '/affected/0/package/ecosystem',
    'ACME-1: unknown ecosystem "Debain:12"; did you mean "debian:12"?',
  ],
  [
    'a release without its letter',
    record({ package: { ecosystem: 'alpine:3.20', name: 'x' } }),
    '/affected/0/package/ecosystem',
    'ACME-1: unknown ecosystem "alpine:3.20"; did you mean "alpine:v3.20"?',
  ],
  [
    'a release that there is none of',
    record({ package: { ecosystem: 'Debian:99', name: 'x' } }),
    '/affected/0/package/ecosystem',
    'ACME-1: unknown ecosystem "Debian:99"; did you mean "debian:9"?',
  ],
  [
    'no ecosystem',
    record({ package: { name: 'x' } }),
    '/affected/0/package/ecosystem',
    'ACME-1: unknown ecosystem nothing; write for example debian:12 or PyPI',
  ],
  [
    'a severity of a package',
    record({ database_specific: { severity: 'HIHG' } }),
    '/affected/0/database_specific/severity',
    'ACME-1: unknown severity "HIHG"; did you mean "HIGH"?',
  ],
  [
    'a severity of the record',
    record({}, { database_specific: { severity: 'urgent' } }),
    '/database_specific/severity',
    'ACME-1: unknown severity "urgent"; write NEGLIGIBLE, LOW, MODERATE, MEDIUM, IMPORTANT, HIGH, CRITICAL',
  ],
  [
    'a word for a vector',
    record({ severity: 'HIGH' }),
    '/affected/0/severity',
    'ACME-1: "severity" is a list of CVSS vectors; a word belongs into "database_specific"',
  ],
  [
    'a number for a vector',
    record({}, { severity: [{ type: 'CVSS_V3', score: '7.5' }] }),
    '/severity/0/score',
    'ACME-1: "7.5" is not a CVSS vector; write for example "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N"',
  ],
  [
    'a state',
    record({ database_specific: { state: 'not-affected' } }),
    '/affected/0/database_specific/state',
    'ACME-1: unknown state "not-affected"; did you mean "not_affected"?',
  ],
  [
    'a state of the record',
    record({}, { database_specific: { state: 'fixed' } }),
    '/database_specific/state',
    'ACME-1: the state belongs into an entry of "affected"',
  ],
  [
    'a bound that is not a version',
    record(events({ introduced: '0' }, { fixed: '2.1_3' })),
    '/affected/0/ranges/0/events/1/fixed',
    'ACME-1: "2.1_3" is not a version of the scheme dpkg',
  ],
  [
    'a bound without quotes',
    record(events({ introduced: '0' }, { fixed: 2.1 })),
    '/affected/0/ranges/0/events/1/fixed',
    'ACME-1: 2.1 is not a version of the scheme dpkg; write it in quotes',
  ],
  [
    'a single version',
    record({ ranges: [], versions: ['1.0', 'v 2'] }),
    '/affected/0/versions/1',
    'ACME-1: "v 2" is not a version of the scheme dpkg',
  ],
  [
    'an event',
    record(events({ introduced: '0' }, { fixd: '2' })),
    '/affected/0/ranges/0/events/1/fixd',
    'ACME-1: an event that says nothing; did you mean "fixed"?',
  ],
  [
    'a range without beginning',
    record(events({ fixed: '2' })),
    '/affected/0/ranges/0/events',
    'ACME-1: the range begins nowhere; add { "introduced": "0" } for every version',
  ],
  [
    'a type of range',
    record({ ranges: [{ type: 'ECOSYSTM', events: [] }] }),
    '/affected/0/ranges/0/type',
    'ACME-1: unknown type of range "ECOSYSTM"; did you mean "ECOSYSTEM"?',
  ],
  [
    'the name of a member',
    { id: 'ACME-1', afected: [] },
    '/afected',
    'ACME-1: unknown member "afected"; did you mean "affected"?',
  ],
  [
    'the name of an inner member',
    record({ databse_specific: { state: 'fixed' } }),
    '/affected/0/databse_specific',
    'ACME-1: unknown member "databse_specific"; did you mean "database_specific"?',
  ],
  ['no id', { affected: [good] }, '/id', 'a record needs an id; write for example "ACME-2024-1"'],
  [
    'a time',
    record({}, { withdrawn: 'yes' }),
    '/withdrawn',
    'ACME-1: "yes" is not a time; write for example "2024-05-01T00:00:00Z"',
  ],
  [
    'a range that ends below its beginning',
    record(events({ introduced: '2' }, { fixed: '0.5' })),
    '/affected/0/ranges/0/events/1/fixed',
    'ACME-1: "0.5" is not above "2", where the range begins',
  ],
  [
    'a range that ends where it begins',
    record(events({ introduced: '1' }, { fixed: '1' })),
    '/affected/0/ranges/0/events/1/fixed',
    'ACME-1: "1" is not above "1", where the range begins',
  ],
  [
    'the second of two ranges in one',
    record(events({ introduced: '0' }, { fixed: '1' }, { introduced: '3' }, { last_affected: '2' })),
    '/affected/0/ranges/0/events/3/last_affected',
    'ACME-1: "2" is not above "3", where the range begins',
  ],
  [
    'a range whose end is written first',
    record(events({ fixed: '1' }, { introduced: '2' })),
    '/affected/0/ranges/0/events/0/fixed',
    'ACME-1: "1" is not above "2", where the range begins',
  ],
  [
    'no package',
    { id: 'ACME-1' },
    '/affected',
    'ACME-1: it is about no package; write "affected": [{ "package": { "ecosystem": "Debian:12", "name": "…" }, … }]',
  ],
  [
    'an empty list of packages',
    { id: 'ACME-1', affected: [] },
    '/affected',
    'ACME-1: it is about no package; write "affected": [{ "package": { "ecosystem": "Debian:12", "name": "…" }, … }]',
  ],
  [
    'commits of no package',
    { id: 'ACME-1', affected: [{ ranges: [{ type: 'GIT', events: [{ introduced: '0' }] }] }] },
    '/affected',
    'ACME-1: it is about no package; write "affected": [{ "package": { "ecosystem": "Debian:12", "name": "…" }, … }]',
  ],
  [
    'commits for versions',
    record({ ranges: [{ type: 'GIT', repo: 'https://acme.example/x', events: [{ introduced: '0' }] }] }),
    '/affected/0',
    'ACME-1: it names no version; add "ranges" or "versions", or a "state" that holds for all of them',
  ],
  [
    'no version',
    record({ ranges: [] }),
    '/affected/0',
    'ACME-1: it names no version; add "ranges" or "versions", or a "state" that holds for all of them',
  ],
  [
    'other ids as a text',
    record({}, { aliases: 'CVE-2024-0001' }),
    '/aliases',
    'ACME-1: "aliases" is a list of ids such as ["CVE-2024-0001"], not "CVE-2024-0001"',
  ],
  [
    'another id that is invalid',
    record({}, { aliases: ['CVE-2024-0001', 7] }),
    '/aliases/1',
    'ACME-1: 7 is not an id; write for example "CVE-2024-0001"',
  ],
  [
    'a day that there is not',
    record({}, { published: '2024-99-99' }),
    '/published',
    'ACME-1: "2024-99-99" is not a time; write for example "2024-05-01T00:00:00Z"',
  ],
  [
    'a 30th of February',
    record({}, { modified: '2024-02-30T00:00:00Z' }),
    '/modified',
    'ACME-1: "2024-02-30T00:00:00Z" is not a time; write for example "2024-05-01T00:00:00Z"',
  ],
  ['words that are a list', record({}, { summary: ['a'] }), '/summary', 'ACME-1: "summary" is a text, not a list'],
  [
    'an invalid address',
    record({}, { references: [{ url: 'acme.example' }] }),
    '/references/0/url',
    'ACME-1: "acme.example" is not an https:// address',
  ],
  [
    'a severity of the ecosystem',
    record({ ecosystem_specific: { severity: 'HIHG' } }),
    '/affected/0/ecosystem_specific/severity',
    'ACME-1: unknown severity "HIHG"; did you mean "HIGH"?',
  ],
  [
    'a name that no package has',
    record({ package: { ecosystem: 'debian:12', name: 'acme-agent:amd64' } }),
    '/affected/0/package/name',
    'ACME-1: "acme-agent:amd64" is not a name of a package of debian:12; did you mean "acme-agent"?',
  ],
  [
    'a time to come',
    record({}, { withdrawn: '2999-01-01T00:00:00Z' }),
    '/withdrawn',
    'ACME-1: it lies in the future; leave it out until then, and the record counts',
  ],
  [
    'a state of all versions beside a range',
    { id: 'ACME-1', affected: [{ package: good.package, database_specific: { state: 'not_affected' } }, good] },
    '/affected/0',
    'ACME-1: it says "not_affected" of every version of "acme-agent", and another entry says otherwise; name the versions, or leave one of them out',
  ],
  [
    'a member of another case beside it',
    record({}, { Affected: [] }),
    '/Affected',
    'ACME-1: unknown member "Affected"; did you mean "affected"?',
  ],
  ['no record', 7, '', 'a record is an object { "id": …, "affected": […] }'],
];

describe('a mistake in own OSV data', () => {
  it.each(mistakes)(
    'is rejected with its position in a file on this machine: %s',
    async (_what, wrong, _pointer, message) => {
      const text = `[\n${JSON.stringify(record({}))},\n${JSON.stringify(wrong)}\n]`;
      await expect(read(here, 'a.json', text)).rejects.toMatchObject({ code: 'invalid-input' });
      await expect(read(here, 'a.json', text)).rejects.toThrow(message);
      await expect(read(here, 'a.json', text)).rejects.toThrow(/^a\.json:3:\d+: /);
    },
  );

  it.each(mistakes)(
    'is a problem at a URL, and the other records are read: %s',
    async (_what, wrong, pointer, message) => {
      const lines = [record({}, { id: 'ACME-0' }), wrong].map((one) => JSON.stringify(one)).join('\n');
      const found = await read(elsewhere, 'a.ndjson', lines);
      const problems = found.filter(({ kind }) => kind === 'problem');
      expect(problems).toEqual([
        { kind: 'problem', record: expect.stringMatching(/^a\.ndjson:2:\d+$/) as string, message, pointer },
      ]);
      expect(found).toContainEqual(expect.objectContaining({ kind: 'group' }));
    },
  );

  it('is reported with its position', async () => {
    const text =
      '{\n  "id": "ACME-1",\n  "affected": [\n    { "package": { "ecosystem": "Debain:12", "name": "x" } }\n  ]\n}';
    await expect(read(here, 'a.json', text)).rejects.toThrow(
      'a.json:4:33: ACME-1: unknown ecosystem "Debain:12"; did you mean "debian:12"?',
    );
    await expect(read(here, 'a.json', '{\n  "id": "ACME-1"\n  "affected": []\n}')).rejects.toThrow(
      'a.json:3:3: this is not JSON',
    );
  });

  it.each([
    ['a.json', '{\n"id": "ACME-1", "affected": [],\n"affected": [X]\n}', 'a.json:3:1', '/affected'],
    ['a.json', '[X,\n{"id": "A", "id": "ACME-2", "affected": []}]', 'a.json:2:13', '/1/id'],
    [
      'a.ndjson',
      '\n{"id": "ACME-1", "affected": [{"package": {}, "package": {}}], "affected": [X]}',
      'a.ndjson:2',
      '/affected',
    ],
  ])('is a repeated member, in %s', async (name, text, position, pointer) => {
    const content = text.replaceAll('X', JSON.stringify(name === 'a.json' && text.startsWith('[') ? record({}) : good));
    await expect(read(here, name, content)).rejects.toThrow(' comes twice in one object; write it once');
    await expect(read(here, name, content)).rejects.toThrow(position);
    const found = await read(elsewhere, name, content);
    expect(found).toContainEqual(
      expect.objectContaining({ kind: 'problem', pointer, message: expect.stringContaining(' comes twice') as string }),
    );
    expect(found).toContainEqual(expect.objectContaining({ kind: 'group' }));
  });

  it('a future withdrawal date does not withdraw a record now', async () => {
    const text = JSON.stringify(record({}, { withdrawn: '2999-01-01' }));
    expect(await read(elsewhere, 'a.json', text)).toContainEqual(expect.objectContaining({ kind: 'group' }));
  });

  it('is counted with the others in its file', async () => {
    const wrong = Array.from({ length: 30 }, () => record({ database_specific: { severity: 'HIHG' } }));
    await expect(read(here, 'a.json', JSON.stringify(wrong))).rejects.toThrow(
      'did you mean "HIGH"? (and 29 more in a.json)',
    );
  });

  it('is a problem in an archive', async () => {
    const zip = buildZip([{ name: 'x/ACME-1.json', content: JSON.stringify(mistakes[0]?.[1]) }]);
    expect(await read(here, 'a.zip', zip)).toEqual(
      [
        expect.objectContaining({ kind: 'vulnerability' }),
        expect.objectContaining({ kind: 'problem', record: 'x/ACME-1.json:1:52' }),
      ].reverse(),
    );
  });

  it.each<readonly [what: string, right: object]>([
    [
      'several ranges',
      record(events({ introduced: '0' }, { fixed: '1' }, { introduced: '3' }, { last_affected: '3' })),
    ],
    ['a record that was taken back', { id: 'ACME-1', withdrawn: '2024-02-29T12:00:00Z' }],
    ['members without value', record({}, { aliases: null, summary: null, published: null, references: null })],
    ...[
      'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N',
      'CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N',
      ' AV:N/AC:M/Au:N/C:C/I:C/A:C ',
    ].map((score) => [`the vector ${score}`, record({ severity: [{ type: 'CVSS_V3', score }] })] as const),
    ['a state for all versions', record({ ranges: [], database_specific: { state: 'not_affected' } })],
  ])('is not reported for valid data: %s', async (_what, right) => {
    const found = await read(elsewhere, 'a.json', JSON.stringify(right));
    expect(found.filter(({ kind }) => kind === 'problem')).toEqual([]);
  });

  it.each<readonly [what: string, entry: object, severity: string, whole: object]>([
    ['of the ecosystem counts', { ecosystem_specific: { severity: 'HIGH' } }, 'High', {}],
    [
      'of the own database counts more',
      { ecosystem_specific: { severity: 'HIGH' }, database_specific: { severity: 'LOW' } },
      'Low',
      {},
    ],
    ['as a priority of Ubuntu counts', { severity: [{ type: 'Ubuntu', score: 'high' }] }, 'High', {}],
    ['as a priority of the record counts', {}, 'Medium', { severity: [{ type: 'Ubuntu', score: 'medium' }] }],
    [
      'of the entry counts more than a priority of the record',
      { severity: [{ type: 'Ubuntu', score: 'Low' }] },
      'Low',
      { severity: [{ type: 'Ubuntu', score: 'high' }], database_specific: { severity: 'CRITICAL' } },
    ],
  ])('is not reported for valid data: a severity %s', async (_what, entry, severity, whole) => {
    const found = await read(here, 'a.json', JSON.stringify(record(entry, whole)));
    const ratings = found.flatMap((one) => (one.kind === 'group' ? one.group.advisories.map((a) => a.severity) : []));
    expect(ratings).toEqual([severity]);
  });

  it('is not reported if OSV defines the ecosystem, or a record of commits names no package', async () => {
    const known = record({ package: { ecosystem: 'Android', name: 'x' } });
    const commits = { id: 'ACME-2', affected: [good, { ranges: [{ type: 'GIT', events: [{ introduced: '0' }] }] }] };
    const found = await read(here, 'a.json', JSON.stringify([known, commits]));
    expect(found.filter(({ kind }) => kind === 'problem')).toEqual([
      { kind: 'problem', record: 'ACME-1', message: 'Packages of the ecosystem "Android" are not found in images' },
      { kind: 'problem', record: 'ACME-2', message: 'Affected entry without a package' },
    ]);
  });
});
