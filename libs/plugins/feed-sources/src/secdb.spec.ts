import type { Advisory, FeedRecord } from '@clarion/model';
import { parseSecdb, splitIds } from './secdb';

async function* bytes(text: string): AsyncGenerator<Uint8Array> {
  await Promise.resolve();
  yield Buffer.from(text);
}

async function parse(document: unknown): Promise<FeedRecord[]> {
  const body = bytes(typeof document === 'string' ? document : JSON.stringify(document));
  const records: FeedRecord[] = [];
  for await (const record of parseSecdb({ name: 'os/security.json', body }, { feed: 'wolfi', namespace: 'wolfi' })) {
    records.push(record);
  }
  return records;
}

async function advisories(secfixes: unknown): Promise<readonly Advisory[]> {
  const records = await parse({ packages: [{ pkg: { name: 'p', secfixes } }] });
  return records.flatMap((record) => (record.kind === 'group' ? record.group.advisories : []));
}

describe('splitIds', () => {
  it.each([
    ['CVE-2022-41925', ['CVE-2022-41925'], []],
    ['CVE-2022-41925 TS-2022-005', ['CVE-2022-41925'], ['TS-2022-005']],
    ['GNUTLS-SA-2020-03-31 CVE-2020-11501', ['CVE-2020-11501'], ['GNUTLS-SA-2020-03-31']],
    ['  CVE-2019-17349\tCVE-2019-17350  XSA-295 ', ['CVE-2019-17349', 'CVE-2019-17350'], ['XSA-295']],
    [
      'CVE-2017-5753 CVE-2017-5715 CVE-2017-5754 XSA-254 XPTI',
      ['CVE-2017-5753', 'CVE-2017-5715', 'CVE-2017-5754'],
      ['XSA-254'],
    ],
    ['CVE-2022-45059 VSV00010', ['CVE-2022-45059'], ['VSV00010']],
    ['GHSA-fhpf-pp6p-55qc', [], ['GHSA-fhpf-pp6p-55qc']],
    ['ZDI-CAN-22093', [], ['ZDI-CAN-22093']],
    ['DW202402-001', [], ['DW202402-001']],
    ['CVE-2017-17434-1', ['CVE-2017-17434'], []],
    ['CVE_2019-2426', ['CVE-2019-2426'], []],
    ['CVE-2021-35940.patch', ['CVE-2021-35940'], []],
    ['CVE-46838', [], ['CVE-46838']],
    ['CVE-????-????? TS-2024-005', [], ['TS-2024-005']],
    ['CVE-2022-????? XSA-398', [], ['XSA-398']],
    ['CVE-????-?????', [], ['CVE-????-?????']],
    ['CVE N/A ZBX-11023', [], ['ZBX-11023']],
  ])('%s', (text, cves, others) => {
    expect(splitIds(text)).toEqual({ cves, others });
  });

  it.each(['', '   ', 'N/A', 'CVE', '(no id)', 'CVE-', `CVE-${'x'.repeat(100)}1`])('finds no id in "%s"', (text) => {
    expect(splitIds(text)).toBeUndefined();
  });

  it('keeps a remark', () => {
    expect(splitIds('CVE-2020-14342 (Not affected, requires --with-systemd)')).toEqual({
      cves: ['CVE-2020-14342'],
      others: [],
      remark: 'Not affected, requires --with-systemd',
    });
  });
});

describe('invalid versions', () => {
  it.each([
    ['0.8.21.r2', 'Version "0.8.21.r2" is not valid: read as 0.8.21-r2'],
    ['4.8.0.-r1', 'Version "4.8.0.-r1" is not valid: read as 4.8.0-r1'],
    ['10.0.11-0', 'Version "10.0.11-0" is not valid: only its valid prefix is compared'],
    ['6.6.2p1-r0', 'Version "6.6.2p1-r0" is not valid: only its valid prefix is compared'],
    ['.r1', 'Version ".r1" is not valid: only its valid prefix is compared'],
  ])('%s is a problem', async (version, message) => {
    const records = await parse({ packages: [{ pkg: { name: 'p', secfixes: { [version]: ['CVE-2024-0001'] } } }] });
    expect(records).toMatchObject([{ kind: 'problem', record: 'p', message }, { kind: 'group' }]);
  });
});

describe('parseSecdb', () => {
  it.each<[string, unknown, readonly Advisory[]]>([
    [
      'a fixed version',
      { '1.0-r0': ['CVE-2024-0001'] },
      [{ id: 'CVE-2024-0001', state: 'fixed', ranges: [{ fixed: '1.0-r0' }] }],
    ],
    ['key 0 as never affected', { '0': ['CVE-2024-0001'] }, [{ id: 'CVE-2024-0001', state: 'not_affected' }]],
    [
      'the highest version, not the last nor the longest',
      { '1.1.4-r7': ['CVE-2024-0001'], '1.1.4-r10': ['CVE-2024-0001'], '1.1.4-r9': ['CVE-2024-0001'] },
      [{ id: 'CVE-2024-0001', state: 'fixed', ranges: [{ fixed: '1.1.4-r10' }] }],
    ],
    [
      'a version rather than 0',
      { '0': ['CVE-2024-0001'], '1.0-r0': ['CVE-2024-0001'] },
      [{ id: 'CVE-2024-0001', state: 'fixed', ranges: [{ fixed: '1.0-r0' }] }],
    ],
    [
      'a malformed version as it is',
      { '10.0.11-0': ['CVE-2024-0001'], '45.6.0': ['CVE-2024-0002'] },
      [
        { id: 'CVE-2024-0001', state: 'fixed', ranges: [{ fixed: '10.0.11-0' }] },
        { id: 'CVE-2024-0002', state: 'fixed', ranges: [{ fixed: '45.6.0' }] },
      ],
    ],
    [
      'a mistyped revision as it was meant',
      { '0.8.21.r2': ['CVE-2024-0001'], '4.8.0.-r1': ['CVE-2024-0002'] },
      [
        { id: 'CVE-2024-0001', state: 'fixed', ranges: [{ fixed: '0.8.21-r2' }] },
        { id: 'CVE-2024-0002', state: 'fixed', ranges: [{ fixed: '4.8.0-r1' }] },
      ],
    ],
    [
      'all versions of which none is certainly the highest',
      { '10.0.11-0': ['CVE-2024-0001'], '10.0.11-r1': ['CVE-2024-0001'], '9.0-r0': ['CVE-2024-0001'] },
      [{ id: 'CVE-2024-0001', state: 'fixed', ranges: [{ fixed: '10.0.11-0' }, { fixed: '10.0.11-r1' }] }],
    ],
    [
      'but one that is',
      { '10.0.11-0': ['CVE-2024-0001'], '10.0.12-r0': ['CVE-2024-0001'] },
      [{ id: 'CVE-2024-0001', state: 'fixed', ranges: [{ fixed: '10.0.12-r0' }] }],
    ],
    [
      'another name as alias when it stands for one CVE',
      { '1.0-r0': ['XSA-349 CVE-2020-29568'] },
      [{ id: 'CVE-2020-29568', aliases: ['XSA-349'], state: 'fixed', ranges: [{ fixed: '1.0-r0' }] }],
    ],
    [
      'a name of several CVEs as their bulletin, even over several versions',
      { '1.0-r0': ['CVE-2024-0001 XSA-1'], '2.0-r0': ['CVE-2024-0002 XSA-1'] },
      [
        { id: 'CVE-2024-0001', advisory: 'XSA-1', state: 'fixed', ranges: [{ fixed: '1.0-r0' }] },
        { id: 'CVE-2024-0002', advisory: 'XSA-1', state: 'fixed', ranges: [{ fixed: '2.0-r0' }] },
      ],
    ],
    ['nothing for null', { '1.0-r0': null }, []],
    ['nothing for an empty list', { '1.0-r0': [] }, []],
  ])('gives %s', async (_, secfixes, expected) => {
    expect(await advisories(secfixes)).toEqual(expected);
  });

  it('joins the entries of a package that is listed twice', async () => {
    const records = await parse({
      packages: [
        { pkg: { name: 'p', secfixes: { '1.0-r0': ['CVE-2024-0001'] } } },
        { pkg: { name: 'p', secfixes: { '2.0-r0': ['CVE-2024-0001', 'CVE-2024-0002'] } } },
      ],
    });
    expect(records).toHaveLength(1);
    expect(records[0]).toMatchObject({
      group: {
        feed: 'wolfi',
        namespace: 'wolfi',
        document: 'os/security.json',
        advisories: [{ id: 'CVE-2024-0001', ranges: [{ fixed: '2.0-r0' }] }, { id: 'CVE-2024-0002' }],
      },
    });
  });

  it.each([
    ['a package without name', [{ pkg: { secfixes: {} } }]],
    ['an entry that is not an object', [17]],
    ['fixes that are not an object', [{ pkg: { name: 'p', secfixes: ['CVE-2024-0001'] } }]],
    ['ids that are not a list', [{ pkg: { name: 'p', secfixes: { '1.0-r0': 'CVE-2024-0001' } } }]],
    ['an id that is not text', [{ pkg: { name: 'p', secfixes: { '1.0-r0': [{}] } } }]],
    ['a version without text', [{ pkg: { name: 'p', secfixes: { '': ['CVE-2024-0001'] } } }]],
  ])('counts %s as a problem', async (_, packages) => {
    expect((await parse({ packages })).map(({ kind }) => kind)).toEqual(['problem']);
  });

  it.each(['', 'null', '[]', '{}', '{"packages":{}}', '{"packages":[', '<html>'])('refuses %s', async (text) => {
    await expect(parse(text)).rejects.toMatchObject({ code: 'corrupt-data' });
  });

  it.each(['{"packages":null}', '{"packages":[]}'])('accepts %s as empty', async (text) => {
    expect(await parse(text)).toEqual([]);
  });
});
