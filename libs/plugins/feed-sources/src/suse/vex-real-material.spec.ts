import { createReadStream, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';
import { directoryUpstream } from '@clarion/feed-upstreams';
import { archiveMembers, type CsafDocument, readCsaf } from '@clarion/file-formats/documents';
import type { Advisory, FeedRecord } from '@clarion/model';
import { type CountedRecords, countRecords, sharedMaterial } from '@clarion/test-kit';
import { isDebugPackage } from '../redhat-products';
import { suse } from '.';
import { ProductFixes } from './fixes';
import { vexArchiveName } from './plan';
import { productNamed } from './products';
import { updateRecords } from './update';
import { buildOf } from './vex-component';

function gunzipped(file: string): AsyncIterable<Uint8Array> {
  return createReadStream(file).pipe(createGunzip()) as AsyncIterable<Uint8Array>;
}

const fetched = sharedMaterial('feeds', 'formats', 'vuls-data-update-fetch-fixtures.tar.gz');

/** An excerpt of the archive as the upstream packs it, with indexes, signatures and checksums beside the documents. */
(fetched === undefined ? describe.skip : describe)('real VEX documents (shared/feeds/formats)', () => {
  const hpc = 'not_affected espos SLE_HPC';
  const manager = ['Proxy', 'Retail-Branch-Server', 'Server'].map((role) => `not_affected - SUSE-Manager-${role}`);
  const withoutServer = ['SLES_SAP', 'SLE_RT', 'ses'].map((product) => `not_affected - ${product}`);
  const ltssAndSap = ['not_affected - SLES_SAP', 'not_affected ltss -'];
  const clouds = ['-crowbar', ''].map((kind) => `not_affected - suse-openstack-cloud${kind}`);
  const sles153 = [...withoutServer, ...manager, hpc, 'not_affected ltss -'];

  /** Namespace, package, and what CVE-2023-5568 says about it: state, channel, product. Read by hand. */
  const facts: readonly (readonly [string, string, readonly string[]])[] = [
    ['sles:12.5', 'samba', ['not_affected - -']],
    ['sles:15.1', 'samba', ['not_affected - -']],
    ['sles:15.5', 'samba', ['not_affected - -']],
    ['sle-micro:5.2', 'samba', ['not_affected - -']],
    ['sle-micro:5.5', 'samba', ['not_affected - -']],
    ['sles:11.4', 'samba', ['not_affected ltss -']],
    ['sles:12.3', 'samba', ['not_affected teradata -']],
    ['sles:15', 'samba', ['not_affected ltss -']],
    ['sles:12.2', 'samba', ltssAndSap],
    ['sles:12.4', 'samba', [...clouds, ...ltssAndSap]],
    ['sles:12.5', 'ctdb', ['not_affected - -']],
    ['sles:15.4', 'ctdb', ['not_affected - -']],
    ['sles:15.1', 'libwbclient0', ['not_affected - caasp', ...ltssAndSap]],
    ['sles:15.2', 'libwbclient0', ltssAndSap],
    ['sles:15.3', 'libwbclient0', ['not_affected - ses']],
    ['sles:12.5', 'samba-client-libs', ['not_affected - -']],
    ['sles:15.3', 'samba-client-libs', sles153],
    ['sles:15.4', 'samba-client-libs', ['not_affected - -']],
    ['sle-micro:5.3', 'samba-client-libs', ['not_affected - -']],
    ['sles:12.5', 'samba-devel-32bit', ['not_affected - -']],
    ['sles:15.2', 'samba-ceph', ltssAndSap],
    ['sles:15.5', 'samba-ceph', ['not_affected - -']],
    ['sles:15', 'libdcerpc0-32bit', ['not_affected ltss -']],
    ['sles:15.3', 'samba-libs', sles153],
    // Fixed there, according to the updates.
    ['opensuse-tumbleweed', 'samba', []],
    ['sl-micro:6.0', 'samba-client-libs', []],
    // Not a package of these.
    ['sles:15.5', 'libwbclient0', []],
    ['sle-micro:5.5', 'ctdb', []],
  ];
  let folder = '';
  let counted: CountedRecords;

  async function* records(): AsyncGenerator<FeedRecord> {
    const answer = await directoryUpstream(folder).get(vexArchiveName);
    if (answer.kind !== 'content') throw new Error('no sample');
    yield* suse.parse({ name: vexArchiveName, body: answer.body });
  }

  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'clarion-suse-vex-'));
    const accept = (name: string): boolean => /(?:^|\/)suse\/csaf_vex\/csaf-vex\.tar\.bz2$/.test(name);
    for await (const member of archiveMembers(gunzipped(fetched ?? ''), { label: 'samples', accept })) {
      if (member.problem === undefined) writeFileSync(path.join(folder, vexArchiveName), member.content);
    }
    counted = await countRecords(records(), new Set(facts.map(([namespace, name]) => `${namespace} ${name}`)));
  }, 300_000);

  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it('are read whole', () => {
    const { groups, advisories, texts, problems, byNamespace } = counted;
    expect({ groups, advisories, texts, problems }).toEqual({ groups: 420, advisories: 966, texts: 2, problems: [] });
    expect(byNamespace).toEqual({
      ...{ 'sle-micro:5.2': 2, 'sle-micro:5.3': 3, 'sle-micro:5.4': 3, 'sle-micro:5.5': 2, 'sles:11.4': 1 },
      ...{ 'sles:12.2': 90, 'sles:12.3': 1, 'sles:12.4': 176, 'sles:12.5': 23, 'sles:15': 65, 'sles:15.1': 212 },
      ...{ 'sles:15.2': 138, 'sles:15.3': 205, 'sles:15.4': 25, 'sles:15.5': 20 },
    });
  });

  it.each(facts)('%s %s', (namespace, name, expected) => {
    const lineOf = ({ state, scope }: Advisory): string => `${state} ${scope?.channel ?? '-'} ${scope?.origin ?? '-'}`;
    expect(counted.about(namespace, name, 'CVE-2023-5568').map(lineOf).sort()).toEqual([...expected].sort());
  });

  it('describe their flaws', async () => {
    const texts: unknown[] = [];
    for await (const record of records()) if (record.kind === 'vulnerability') texts.push(record.text);
    expect(texts).toMatchObject([
      {
        id: 'CVE-2023-5568',
        severity: 'Medium',
        cvss: [{ vector: 'CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:U/C:N/I:N/A:H' }],
      },
      { id: 'CVE-1999-0003', severity: 'Critical' },
    ]);
  });
});

const advisories = sharedMaterial('feeds', 'suse', 'csaf-samples.tar.gz');
const updates = sharedMaterial('feeds', 'suse', 'osv-2024-2025.ndjson.gz');

/** CSAF documents of updates name products and builds as VEX documents do, and OSV has the same updates. */
(advisories === undefined || updates === undefined ? describe.skip : describe)(
  'real CSAF advisories (shared/feeds/suse)',
  () => {
    const fromCsaf = new Map<string, readonly string[]>();
    const fromOsv = new Map<string, readonly string[]>();

    function fixesOf(csaf: CsafDocument): readonly string[] {
      const fixes = new ProductFixes();
      for (const { statuses } of csaf.vulnerabilities) {
        for (const productId of [...(statuses.get('recommended') ?? []), ...(statuses.get('fixed') ?? [])]) {
          const entry = csaf.tree.resolve(productId);
          const product = productNamed(entry?.product?.name ?? '');
          const build = entry === undefined ? undefined : buildOf(entry.component);
          if (product === undefined || product === 'foreign' || build === undefined) throw new Error(productId);
          if (!isDebugPackage(build.name)) fixes.add(product, build.name, build.version);
        }
      }
      return [...fixes.packages()]
        .flatMap(({ namespace, name, fixed }) =>
          fixed.map(({ version, scope = {} }) =>
            [namespace, name, version, scope.channel ?? '-', scope.origin ?? '-'].join(' '),
          ),
        )
        .sort();
    }

    beforeAll(async () => {
      const options = { label: 'samples', accept: (name: string) => name.endsWith('.json') };
      for await (const member of archiveMembers(gunzipped(advisories ?? ''), options)) {
        if (member.problem !== undefined) throw new Error(member.problem);
        const csaf = readCsaf(JSON.parse(Buffer.from(member.content).toString('utf8')));
        if (typeof csaf === 'string') throw new Error(csaf);
        fromCsaf.set(csaf.id, fixesOf(csaf));
      }
      const input = createInterface({
        input: createReadStream(updates ?? '').pipe(createGunzip()),
        crlfDelay: Infinity,
      });
      for await (const line of input) {
        const record = JSON.parse(line) as Record<string, unknown>;
        const id = String(record['id']);
        if (!fromCsaf.has(id)) continue;
        const fixes = new Set<string>();
        for (const one of updateRecords(record, 'osv')) {
          if (one.kind !== 'group') continue;
          const { namespace, package: name } = one.group;
          for (const { ranges, scope = {} } of one.group.advisories) {
            fixes.add([namespace, name, ranges?.[0]?.fixed, scope.channel ?? '-', scope.origin ?? '-'].join(' '));
          }
        }
        fromOsv.set(id, [...fixes].sort());
      }
    }, 300_000);

    it('say the same as the OSV records of their updates', () => {
      expect([fromCsaf.size, fromOsv.size]).toEqual([20, 20]);
      // An update that OSV lists without its packages.
      expect(fromOsv.get('SUSE-SU-2024:0165-1')).toEqual([]);
      fromOsv.set('SUSE-SU-2024:0165-1', ['sles:15.4 xwayland 21.1.4-150400.3.31.1 ltss -']);
      expect(Object.fromEntries(fromCsaf)).toEqual(Object.fromEntries(fromOsv));
      expect([...fromCsaf.values()].flat()).toHaveLength(491);
    });
  },
);
