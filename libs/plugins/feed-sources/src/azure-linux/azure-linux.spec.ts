import { directoryUpstream } from '@clarion/feed-upstreams';
import { createEgress } from '@clarion/egress';
import { type Advisory, ClarionError, type FeedRecord, type Upstream } from '@clarion/model';
import { sharedMaterial } from '@clarion/test-kit';
import { azureLinux } from '.';
import { namespaceOf, planAzure } from './documents';

async function* once(text: string): AsyncGenerator<Uint8Array> {
  await Promise.resolve();
  yield Buffer.from(text);
}

interface Flaw {
  readonly patchable?: string;
  readonly operation?: string;
  readonly reference?: string;
  readonly severity?: string;
  readonly date?: string;
  /** Entities of the state in addition to `evr`. */
  readonly more?: string;
  readonly criteria?: string;
}

function oval({ patchable = 'true', operation = 'less than', reference = 'CVE-2099-0001', ...flaw }: Flaw): string {
  return `<oval_definitions xmlns:l="urn:l"><definitions><definition class="vulnerability" id="def:1"><metadata>
      <reference ref_id="${reference}" source="CVE"/><patchable>${patchable}</patchable>
      <advisory_date>${flaw.date ?? ''}</advisory_date><severity>${flaw.severity ?? ''}</severity></metadata>
      <criteria>${flaw.criteria ?? '<criterion test_ref="t"/>'}</criteria></definition></definitions>
    <tests><l:rpminfo_test id="t" check="at least one"><l:object object_ref="o"/><l:state state_ref="s"/></l:rpminfo_test></tests>
    <objects><l:rpminfo_object id="o"><l:name>example</l:name></l:rpminfo_object></objects>
    <states><l:rpminfo_state id="s"><l:evr operation="${operation}">0:1-2.azl3</l:evr>${flaw.more ?? ''}</l:rpminfo_state></states>
  </oval_definitions>`;
}

async function recordsOf(xml: string, name = 'azurelinux-3.0-oval.xml'): Promise<FeedRecord[]> {
  const records: FeedRecord[] = [];
  for await (const record of azureLinux.parse({ name, body: once(xml) })) records.push(record);
  return records;
}

async function advisoryOf(flaw: Flaw): Promise<Advisory | undefined> {
  const [record] = await recordsOf(oval(flaw));
  return record?.kind === 'group' ? record.group.advisories[0] : undefined;
}

describe('states of azure-linux', () => {
  const noPatch = 'no patch is available currently';
  it.each([
    ['true', 'less than', { state: 'fixed', ranges: [{ fixed: '1-2.azl3' }] }],
    ['true', 'less than or equal', { state: 'affected', ranges: [{ lastAffected: '1-2.azl3' }] }],
    ['false', 'less than or equal', { state: 'affected', ranges: [{ lastAffected: '1-2.azl3' }], reason: noPatch }],
    ['false', 'less than', { state: 'affected', ranges: [{ limit: '1-2.azl3' }], reason: noPatch }],
    ['Not Applicable', 'less than', { state: 'not_affected', reason: 'patchable: Not Applicable' }],
    ['Not Applicable', 'less than or equal', { state: 'not_affected', reason: 'patchable: Not Applicable' }],
    ['', 'less than', { state: 'fixed', ranges: [{ fixed: '1-2.azl3' }] }],
  ])('patchable %s, %s', async (patchable, operation, expected) => {
    expect(await advisoryOf({ patchable, operation })).toEqual({ id: 'CVE-2099-0001', ...expected });
  });

  it.each([
    ['Critical', 'Critical'],
    ['Important', 'High'],
    ['Medium', 'Medium'],
    ['Moderate', 'Medium'],
    ['Low', 'Low'],
    ['Unrated', undefined],
  ])('severity %s', async (word, severity) => {
    const advisory = await advisoryOf({ severity: word });
    expect([advisory?.severity, advisory?.vendorSeverity]).toEqual([severity, word]);
  });

  it.each([
    ['2024-07-23T22:05:39Z', '2024-07-23T22:05:39Z'],
    ['2025-03-27T21:13:02.9466667Z', '2025-03-27T21:13:02.9466667Z'],
    ['yesterday', undefined],
  ])('date %s', async (date, published) => {
    expect((await advisoryOf({ date }))?.published).toBe(published);
  });
});

describe('problems of azure-linux', () => {
  it.each<[string, Flaw, string]>([
    ['no vulnerability', { reference: '' }, 'names no vulnerability'],
    ['another operation', { operation: 'greater than' }, 'versions "greater than"'],
    ['an architecture', { more: '<l:arch>x86_64</l:arch>' }, 'not about versions alone'],
    ['a missing test', { criteria: '<criterion test_ref="x"/>' }, 'Test x is missing'],
    ['two tests at once', { criteria: '<criterion test_ref="t"/><criterion test_ref="t"/>' }, 'not about one package'],
    ['negation', { criteria: '<criterion negate="true" test_ref="t"/>' }, 'negated criterion'],
  ])('%s', async (_, flaw, message) => {
    const [record, ...rest] = await recordsOf(oval(flaw));
    expect(rest).toEqual([]);
    expect(record).toMatchObject({ kind: 'problem', message: expect.stringContaining(message) as string });
  });

  it('a document that is not of a known release', async () => {
    await expect(recordsOf(oval({}), 'other.xml')).rejects.toMatchObject({ code: 'corrupt-data' });
  });
});

describe('documents of azure-linux', () => {
  const listing = (names: readonly string[] | ClarionError): Upstream => ({
    get: () => Promise.reject(new Error('not asked for')),
    list: () => (names instanceof ClarionError ? Promise.reject(names) : Promise.resolve(names)),
  });
  const azureDocuments = async (upstream: Upstream): Promise<readonly string[]> =>
    (await planAzure(upstream)).documents.map(({ name }) => name);
  const known = ['azurelinux-3.0-oval.xml', 'cbl-mariner-1.0-oval.xml', 'cbl-mariner-2.0-oval.xml'];

  it('are the known ones if nothing is listed', async () => {
    const noIndex = new ClarionError('upstream-unavailable', 'no index page');
    expect(await azureDocuments(listing(noIndex))).toEqual(known);
  });

  it('are the known ones if the host name of a mirror cannot be resolved', async () => {
    const resolve = () => Promise.reject(Object.assign(new Error('no'), { code: 'ENOTFOUND' }));
    const egress = createEgress({}, { resolve });
    const list = () => egress.request({ url: 'https://mirror.example/' }).then(() => []);
    const get = () => Promise.reject(new Error('not asked for'));
    expect(await azureDocuments({ get, list })).toEqual(known);
  });

  it('are the listed ones, including later releases', async () => {
    const names = ['README.md', 'cbl-mariner-2.0-oval.xml', 'azurelinux-4.0-oval.xml', 'azurelinux-4.0-oval.xml.md'];
    expect(await azureDocuments(listing(names))).toEqual(['azurelinux-4.0-oval.xml', 'cbl-mariner-2.0-oval.xml']);
  });

  it.each<[string, readonly string[] | ClarionError, readonly object[]]>([
    ['a whole mirror', known, []],
    ['the production host', new ClarionError('upstream-unavailable', 'no index page'), []],
    [
      'a mirror of one release',
      ['azurelinux-3.0-oval.xml'],
      [
        { name: 'cbl-mariner-1.0-oval.xml', namespaces: ['mariner:1.0'] },
        { name: 'cbl-mariner-2.0-oval.xml', namespaces: ['mariner:2.0'] },
      ],
    ],
  ])('are reported if missing: %s', async (_, names, missing) => {
    expect((await planAzure(listing(names))).missing).toEqual(missing);
  });

  it.each([
    ['none', listing(['README.md']), 'upstream-unavailable'],
    ['a missing folder', listing(new ClarionError('not-found', 'no folder')), 'not-found'],
  ])('reject %s', async (_, upstream, code) => {
    await expect(azureDocuments(upstream)).rejects.toMatchObject({ code });
  });

  it.each([
    ['azurelinux-3.0-oval.xml', 'azurelinux:3.0'],
    ['cbl-mariner-2.0-oval.xml', 'mariner:2.0'],
    ['cbl-mariner-2.0-oval.xml.gz', undefined],
    ['readme.md', undefined],
  ])('%s is of %s', (name, namespace) => {
    expect(namespaceOf(name)).toBe(namespace);
  });
});

const real = sharedMaterial('feeds', 'azurelinux');

(real === undefined ? describe.skip : describe)('real Azure Linux OVAL (shared/feeds/azurelinux)', () => {
  const found = new Map<string, readonly Advisory[]>();
  const counts: Record<string, number> = {};

  beforeAll(async () => {
    const upstream = directoryUpstream(real ?? '');
    for (const { name } of (await planAzure(upstream)).documents) {
      const answer = await upstream.get(name);
      if (answer.kind !== 'content') throw new Error(name);
      for await (const record of azureLinux.parse({ name, body: answer.body })) count(record);
    }
  });

  function count(record: FeedRecord): void {
    if (record.kind !== 'group') {
      counts[record.kind] = (counts[record.kind] ?? 0) + 1;
      return;
    }
    const { namespace, package: name, advisories } = record.group;
    for (const advisory of advisories) {
      counts[`${namespace} ${advisory.state}`] = (counts[`${namespace} ${advisory.state}`] ?? 0) + 1;
      const key = `${namespace} ${name} ${advisory.id}`;
      found.set(key, [...(found.get(key) ?? []), advisory]);
    }
  }

  it('is read completely', () => {
    expect(counts).toEqual({
      'azurelinux:3.0 fixed': 1221,
      'azurelinux:3.0 not_affected': 1,
      'mariner:1.0 fixed': 2048,
      'mariner:1.0 affected': 126,
      'mariner:1.0 not_affected': 78,
    });
    expect(found.size).toBe(1221 + 2234);
  });

  // Checked by hand in the XML: title, patchable, state.
  it.each([
    ['azurelinux:3.0 oath-toolkit CVE-2024-47191', 'High fixed < 2.6.7-3.azl3'],
    ['azurelinux:3.0 linuxptp CVE-2024-42861', 'High fixed < 3.1.1-1.azl3'],
    ['azurelinux:3.0 cloud-hypervisor CVE-2023-45853', 'Critical not_affected'],
    ['mariner:1.0 kernel CVE-2023-3863', 'Medium fixed < 5.10.188.1-1.cm1'],
    ['mariner:1.0 syslinux CVE-2022-3857', 'Medium affected <= 6.04-9.cm1'],
    ['azurelinux:3.0 xorg-x11-server CVE-2023-1393', 'High fixed < 1.20.10-6.azl3; High fixed < 1.20.10-4.azl3'],
    ['azurelinux:3.0 python-tensorboard CVE-2019-9512', 'High fixed < 2.16.2-1.azl3'],
    ['azurelinux:3.0 kernel CVE-2024-39480', 'High fixed < 6.6.35.1-5.azl3'],
    ['azurelinux:3.0 vitess CVE-2023-3978', 'Medium fixed < 19.0.4-2.azl3'],
    ['azurelinux:3.0 grub2 CVE-2022-28733', 'High fixed < 2.06-14.azl3'],
    ['azurelinux:3.0 keda CVE-2024-28180', 'Medium fixed < 2.14.0-1.azl3'],
    ['azurelinux:3.0 cert-manager CVE-2024-26147', 'High fixed < 1.12.13-1.azl3'],
    ['mariner:1.0 pixman CVE-2022-44638', 'High fixed < 0.36.0-3.cm1; High affected <= 0.40.0-3.cm1'],
    ['mariner:1.0 qt5-qtbase CVE-2022-3857', 'Medium affected <= 5.12.11-7.cm1'],
    ['mariner:1.0 nodejs CVE-2022-4904', 'High affected <= 14.21.3-1.cm1'],
    ['mariner:1.0 libpng CVE-2022-3857', 'Medium affected <= 1.6.37-4.cm1'],
    ['mariner:1.0 cmake CVE-2022-43552', 'Medium affected <= 3.21.4-3.cm1'],
    ['mariner:1.0 gcc CVE-2022-41725', 'High not_affected'],
    ['mariner:1.0 rust CVE-2023-0286', 'High not_affected'],
    ['mariner:1.0 libtiff CVE-2023-0800', 'Medium not_affected'],
    ['mariner:1.0 libtiff CVE-2023-0796', 'Medium fixed < 4.5.0-1.cm1'],
    ['mariner:1.0 python2 CVE-2018-25032', 'High not_affected'],
    ['mariner:1.0 httpd CVE-2020-11984', 'Critical fixed < 2.4.46-5.cm1'],
    ['mariner:1.0 dnsmasq CVE-2020-25684', 'Low fixed < 2.85-1.cm1'],
    ['mariner:1.0 bind CVE-2022-3094', 'High fixed < 9.16.37-1.cm1'],
    [
      'mariner:1.0 kubernetes-1.18.17 CVE-2020-8563',
      'Medium affected <= 1.18.17-9.cm1; Medium affected <= 1.18.17-6.cm1',
    ],
    ['mariner:1.0 kubernetes CVE-2020-8563', 'Medium fixed < 1.18.17-5.cm1'],
    ['mariner:1.0 openssl CVE-2014-0160', undefined],
  ])('%s', (key, expected) => {
    expect(found.get(key)?.map(describeAdvisory).join('; ')).toBe(expected);
  });

  function describeAdvisory({ severity, state, ranges = [] }: Advisory): string {
    const bounds = ranges.map(({ fixed, lastAffected = '' }) =>
      fixed === undefined ? `<= ${lastAffected}` : `< ${fixed}`,
    );
    return [severity ?? '', state, ...bounds].join(' ');
  }
});
