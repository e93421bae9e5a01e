import { gunzipSync } from 'node:zlib';
import { readFileSync } from 'node:fs';
import type { Advisory, FeedRecord } from '@clarion/model';
import { sharedMaterial } from '@clarion/test-kit';
import { archSecurity } from '.';

async function* once(text: string): AsyncGenerator<Uint8Array> {
  await Promise.resolve();
  yield Buffer.from(text);
}

async function recordsOf(json: string): Promise<FeedRecord[]> {
  const records: FeedRecord[] = [];
  for await (const record of archSecurity.parse({ name: 'all.json', body: once(json) })) records.push(record);
  return records;
}

const entry = {
  name: 'AVG-1',
  packages: ['example'],
  status: 'Fixed',
  severity: 'Medium',
  type: 'unknown',
  affected: '1.0-1',
  fixed: '1.0-2',
  ticket: null,
  issues: ['CVE-2099-0001'],
  advisories: [],
};

function advisoriesOf(records: readonly FeedRecord[]): readonly Advisory[] {
  return records.flatMap((record) => (record.kind === 'group' ? record.group.advisories : []));
}

describe('states of arch-security', () => {
  const fixed = [{ fixed: '1.0-2' }];
  it.each([
    ['Fixed', '1.0-2', { state: 'fixed', ranges: fixed }],
    ['Vulnerable', null, { state: 'affected' }],
    ['Vulnerable', '1.0-2', { state: 'affected', ranges: fixed }],
    ['Testing', '1.0-2', { state: 'affected', ranges: fixed, reason: 'the fix is in the testing repository' }],
    ['Unknown', null, { state: 'under_investigation' }],
    ['Unknown', '1.0-2', { state: 'under_investigation', ranges: fixed }],
    ['Not affected', null, { state: 'not_affected' }],
    ['Not affected', '1.0-2', { state: 'not_affected' }],
  ])('%s, fixed %s', async (status, version, expected) => {
    const records = await recordsOf(JSON.stringify([{ ...entry, status, fixed: version }]));
    expect(advisoriesOf(records)).toEqual([
      {
        id: 'CVE-2099-0001',
        advisory: 'AVG-1',
        severity: 'Medium',
        vendorSeverity: 'Medium',
        links: ['https://security.archlinux.org/AVG-1'],
        ...expected,
      },
    ]);
  });

  it('are listed once for every package and every issue', async () => {
    const group = { ...entry, packages: ['a', 'lib32-a', 'a'], issues: ['CVE-2099-0001', 'CVE-2099-0002'] };
    const records = await recordsOf(JSON.stringify([group]));
    const rows = records.map((record) =>
      record.kind === 'group' ? [record.group.package, record.group.advisories.map(({ id }) => id)] : record,
    );
    expect(rows).toEqual([
      ['a', ['CVE-2099-0001', 'CVE-2099-0002']],
      ['lib32-a', ['CVE-2099-0001', 'CVE-2099-0002']],
    ]);
  });
});

describe('problems of arch-security', () => {
  it.each([
    ['no object', 7, 'group 1', 'is not an object'],
    ['no name', { ...entry, name: 'ASA-1' }, 'group 1', 'has no name'],
    ['an unknown status', { ...entry, status: 'Postponed' }, 'AVG-1', 'Unknown status "Postponed"'],
    ['no status', { ...entry, status: undefined }, 'AVG-1', 'Unknown status'],
    ['fixed without a version', { ...entry, fixed: null }, 'AVG-1', 'Fixed without a version'],
    ['an invalid fixed version', { ...entry, fixed: 'see notes' }, 'AVG-1', 'is not a version'],
    ['no packages', { ...entry, packages: 'example' }, 'AVG-1', 'names no package'],
    ['no issues', { ...entry, issues: [] }, 'AVG-1', 'no issue'],
  ])('%s', async (_, group, record, message) => {
    expect(await recordsOf(JSON.stringify([group]))).toEqual([
      { kind: 'problem', record, message: expect.stringContaining(message) as string },
    ]);
  });

  it('are reported for single names, and valid names are kept', async () => {
    const records = await recordsOf(JSON.stringify([{ ...entry, issues: ['CVE-2099-0001', 5, 'a b'] }]));
    expect(records.map(({ kind }) => kind)).toEqual(['problem', 'problem', 'group']);
    expect(advisoriesOf(records).map(({ id }) => id)).toEqual(['CVE-2099-0001']);
  });

  it('do not hide the other groups', async () => {
    const records = await recordsOf(`[{"name":x}, ${JSON.stringify(entry)}]`);
    expect(records.map(({ kind }) => kind)).toEqual(['problem', 'group']);
  });
});

const real = sharedMaterial('feeds', 'arch', 'issues-all.json.gz');

(real === undefined ? describe.skip : describe)('real Arch security data (shared/feeds/arch)', () => {
  const found = new Map<string, readonly Advisory[]>();
  const packages = new Set<string>();
  const counts: Record<string, number> = {};

  beforeAll(async () => {
    for (const record of await recordsOf(gunzipSync(readFileSync(real ?? '')).toString())) {
      counts[record.kind] = (counts[record.kind] ?? 0) + 1;
      if (record.kind !== 'group') continue;
      packages.add(record.group.package);
      for (const advisory of record.group.advisories) {
        counts[advisory.state] = (counts[advisory.state] ?? 0) + 1;
        const key = `${record.group.package} ${advisory.id}`;
        found.set(key, [...(found.get(key) ?? []), advisory]);
      }
    }
  });

  it('is read completely', () => {
    expect(counts).toEqual({
      group: 2575,
      fixed: 7738,
      affected: 254,
      under_investigation: 264,
      not_affected: 307,
    });
    expect([packages.size, found.size]).toEqual([714, 8549]);
  });

  // Checked by hand: status, severity, affected, fixed.
  it.each([
    ['rsync CVE-2024-12084', 'AVG-2858 Critical fixed < 3.4.0-1'],
    ['go CVE-2021-34558', 'AVG-2147 Low fixed < 2:1.16.6-1'],
    ['glibc CVE-2019-9169', 'AVG-855 High fixed < 2.30-1'],
    ['libgcrypt CVE-2017-7526', 'AVG-338 High fixed < 1.7.8-1'],
    ['firefox CVE-2021-38509', 'AVG-2511 High fixed < 94.0-1'],
    ['linux-hardened CVE-2021-3348', 'AVG-1513 Medium fixed < 5.10.13.hardened1-1'],
    ['webkit2gtk-4.1 CVE-2022-32816', 'AVG-2791 Critical fixed < 2.36.5-1'],
    ['patch CVE-2018-6952', 'AVG-808 High fixed < 2.7.6-7; AVG-619 High fixed < 2.7.6-3'],
    ['openssl CVE-2016-7055', 'AVG-154 Medium fixed < 1.0.2.k-1; AVG-67 Low fixed < 1.0.2.k-1'],
    ['git CVE-2019-1354', 'AVG-1074 High not_affected'],
    ['linux CVE-2021-32078', 'AVG-2080 Medium not_affected'],
    ['chromium CVE-2021-30587', 'AVG-2201 Medium not_affected'],
    ['consul CVE-2020-25201', 'AVG-1295 Medium not_affected'],
    ['linux-zen CVE-2021-20226', 'AVG-1556 Medium not_affected'],
    ['libjpeg6-turbo CVE-2020-17541', 'AVG-2020 Low affected'],
    ['lua51 CVE-2021-43519', 'AVG-1302 Low affected'],
    ['apr CVE-2021-35940', 'AVG-2313 Medium affected'],
    ['minizip CVE-2023-45853', 'AVG-2847 Critical affected'],
    ['kubectl-ingress-nginx CVE-2021-25746', 'AVG-2690 High affected < 1.2.0-1'],
    ['blender CVE-2022-0546', 'AVG-2799 under_investigation < 17:3.1.0-1'],
    ['libtiff CVE-2022-48281', 'AVG-2842 under_investigation'],
    ['linux-lts CVE-2023-25012', 'AVG-2834 High under_investigation < 6.2-1'],
    ['linux CVE-2022-48281', ''],
  ])('%s', (key, expected) => {
    expect((found.get(key) ?? []).map(describeAdvisory).join('; ')).toBe(expected);
  });

  function describeAdvisory({ advisory = '', severity, state, ranges = [] }: Advisory): string {
    const rated = severity === undefined ? [] : [severity];
    return [advisory, ...rated, state, ...ranges.map(({ fixed = '' }) => `< ${fixed}`)].join(' ');
  }
});
