import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { directoryUpstream } from '@clarion/feed-upstreams';
import { archiveMembers } from '@clarion/file-formats/documents';
import type { Advisory, FeedRecord } from '@clarion/model';
import { suse } from '.';
import { vexArchiveName } from './plan';
import { vexRecords } from './vex';

const testdata = path.join(__dirname, 'testdata');
const sp5 = 'SUSE Linux Enterprise Server 15 SP5';
const ltss = `${sp5}-LTSS`;
const sap = 'SUSE Linux Enterprise Server for SAP Applications 15 SP5';
const basesystem = 'SUSE Linux Enterprise Module for Basesystem 15 SP5';

interface Content {
  readonly status?: Readonly<Record<string, readonly string[]>>;
  /** Source packages of components: `foo-1-1` to `bar-1-1`, as the package URL names them. */
  readonly sources?: Readonly<Record<string, string>>;
  readonly vulnerability?: object;
  readonly document?: object;
}

/** A document whose product ids are `<product>:<component>`, as SUSE writes them. */
function documentOf({ status = {}, sources = {}, vulnerability = {}, document = {} }: Content): object {
  const ids = [...new Set(Object.values(status).flat())];
  const branches = Object.entries(sources).map(([id, source]) => ({
    category: 'product_version',
    name: id,
    product: {
      name: id,
      product_id: id,
      product_identification_helper: { purl: `pkg:rpm/suse/${id}@?upstream=${source}.src.rpm` },
    },
  }));
  const relationships = ids.map((id) => ({
    category: 'default_component_of',
    full_product_name: { name: id, product_id: id },
    product_reference: id.slice(id.indexOf(':') + 1),
    relates_to_product_reference: id.slice(0, id.indexOf(':')),
  }));
  return {
    document: { category: 'csaf_vex', tracking: { id: 'CVE-2024-1000', status: 'interim' }, ...document },
    product_tree: { branches: [{ category: 'vendor', name: 'SUSE', branches }], relationships },
    vulnerabilities: [
      {
        cve: 'CVE-2024-1000',
        product_status: status,
        threats: [{ category: 'impact', details: 'moderate' }],
        ...vulnerability,
      },
    ],
  };
}

function read(content: Content): readonly FeedRecord[] {
  return [...vexRecords(documentOf(content), 'cve-2024-1000.json', vexArchiveName)];
}

/** `namespace package: state`, then name kind, limit, channel and product where they are given. */
function lines(records: readonly FeedRecord[]): readonly string[] {
  return records.flatMap((record) => {
    if (record.kind !== 'group') return [];
    const { namespace, package: name, advisories } = record.group;
    return advisories.map((one) => `${namespace} ${name}: ${lineOf(one)}`);
  });
}

function lineOf({ state, nameKind, ranges, scope }: Advisory): string {
  const limit = ranges === undefined ? '' : `<${ranges.map((range) => range.limit).join(',')}`;
  return [state, nameKind, limit, scope?.channel, scope?.origin].filter(Boolean).join(' ');
}

function problems(records: readonly FeedRecord[]): readonly string[] {
  return records.flatMap((record) => (record.kind === 'problem' ? [`${record.record}: ${record.message}`] : []));
}

describe('VEX documents of suse', () => {
  it('reads states, severity and reasons', () => {
    const records = read({
      status: {
        known_affected: [`${sp5}:a`, 'openSUSE Leap 15.6:a', `${sp5}:b`],
        under_investigation: ['openSUSE Tumbleweed:a'],
        known_not_affected: [`${sp5}:c`],
      },
      sources: { a: 'x' },
      vulnerability: {
        remediations: [
          { category: 'workaround', details: 'Do not use it.', product_ids: [`${sp5}:a`] },
          // What is named here alone was never called affected.
          { category: 'no_fix_planned', details: 'No fix is planned.\n', product_ids: [`${sp5}:b`, `${sp5}:d`] },
        ],
        flags: [{ label: 'vulnerable_code_not_present', product_ids: [`${sp5}:c`] }],
      },
    });
    const severity = { severity: 'Medium', vendorSeverity: 'moderate' };
    const found = records.flatMap((record) =>
      record.kind === 'group' ? [[record.group.namespace, record.group.package, record.group.advisories]] : [],
    );
    const id = 'CVE-2024-1000';
    expect(found).toEqual([
      ['sles:15.5', 'a', [{ id, state: 'affected', ...severity }]],
      ['opensuse-leap:15.6', 'a', [{ id, state: 'affected', ...severity }]],
      [
        'sles:15.5',
        'b',
        [{ id, state: 'will_not_fix', reason: 'No fix is planned.', nameKind: 'either', ...severity }],
      ],
      ['opensuse-tumbleweed', 'a', [{ id, state: 'under_investigation', ...severity }]],
      ['sles:15.5', 'c', [{ id, state: 'not_affected', reason: 'vulnerable_code_not_present' }]],
    ]);
    const group = { feed: 'suse', document: vexArchiveName, nameKind: 'binary', scheme: 'rpm' };
    expect(records[1]).toMatchObject({ kind: 'group', group });
    expect(problems(records)).toEqual([]);
  });

  it.each<[string, Content, readonly string[]]>([
    [
      'all service packs for a module without one',
      { status: { known_not_affected: ['SUSE Linux Enterprise Module for Containers 12:a'] } },
      ['', '.1', '.2', '.3', '.4', '.5'].map((pack) => `sles:12${pack} a: not_affected`),
    ],
    [
      'channels and products',
      { status: { known_affected: [`${ltss}:a`, `${sap}:a`] } },
      ['sles:15.5 a: affected either ltss', 'sles:15.5 a: affected either SLES_SAP'],
    ],
    [
      'once what applies to the whole release',
      { status: { known_affected: [`${sap}:a`, `${ltss}:a`, `${basesystem}:a`, `${sp5}:a`] } },
      ['sles:15.5 a: affected either'],
    ],
    [
      'once what applies to the whole channel',
      {
        status: {
          known_affected: ['SUSE Linux Enterprise High Performance Computing 15 SP5-LTSS:a', `${ltss}:a`],
        },
      },
      ['sles:15.5 a: affected either ltss'],
    ],
    [
      'nothing of what is fixed in the release',
      { status: { known_affected: [`${sp5}:a`, `${ltss}:a`], recommended: [`${basesystem}:a-1.0-1.1`] } },
      [],
    ],
    [
      'nothing of what is fixed in the channel',
      { status: { known_affected: [`${ltss}:a`], first_fixed: [`${ltss}:a-1.0-1.1`] } },
      [],
    ],
    [
      'a warning up to the highest fix of another channel',
      {
        status: {
          known_affected: [`${sp5}:a`],
          recommended: [`${ltss}:a-1.0-150500.9.1`, `${sap}:a-1.0-150500.10.1`, `${ltss}:a-1.0-150500.2.1`],
        },
      },
      ['sles:15.5 a: affected either <1.0-150500.10.1'],
    ],
    [
      'a warning of Leap up to the fix of the service pack that it takes packages from',
      {
        status: {
          known_affected: ['openSUSE Leap 15.5:a', 'openSUSE Leap 15.2:a', 'openSUSE Leap 15.6:a'],
          recommended: [`${sp5}:a-1.0-150500.2.1`, 'SUSE Linux Enterprise Server 15 SP2:a-1.0-150200.2.1'],
        },
      },
      [
        'opensuse-leap:15.5 a: affected either <1.0-150500.2.1',
        'opensuse-leap:15.2 a: affected either',
        'opensuse-leap:15.6 a: affected either',
      ],
    ],
    [
      'nothing of a source package whose packages are fixed',
      {
        status: { known_affected: [`${sp5}:pcre`, `${sp5}:pcre2`], recommended: [`${sp5}:libpcre1-8.39-8.3.1`] },
        sources: { 'libpcre1-8.39-8.3.1': 'pcre-8.39-8.3.1' },
      },
      ['sles:15.5 pcre2: affected either'],
    ],
    [
      'that no fix is planned for the rest of a source package',
      {
        status: { known_affected: [`${sp5}:pcre`], recommended: [`${sp5}:libpcre1-8.39-8.3.1`] },
        sources: { 'libpcre1-8.39-8.3.1': 'pcre-8.39-8.3.2' },
        vulnerability: { remediations: [{ category: 'no_fix_planned', product_ids: [`${sp5}:pcre`] }] },
      },
      ['sles:15.5 pcre: will_not_fix either <8.39-8.3.2'],
    ],
    [
      'a warning, and not that another product is not affected',
      { status: { known_affected: [`${basesystem}:a`], known_not_affected: [`${sp5}:a`, `${sap}:a`] } },
      ['sles:15.5 a: affected either'],
    ],
    [
      'not that another product is not affected by what is fixed',
      { status: { recommended: [`${basesystem}:a-1.0-1.1`], known_not_affected: [`${sp5}:a`] } },
      [],
    ],
    [
      'that the release is not affected beside the fix of a channel',
      { status: { recommended: [`${ltss}:a-1.0-1.1`], known_not_affected: [`${sp5}:a`] } },
      ['sles:15.5 a: not_affected'],
    ],
    [
      'nothing of images, debugging symbols and what is not a package',
      {
        status: {
          known_affected: ['Container bci/bci-init:a', 'chost:a', `${sp5}:a-debuginfo`, `${sp5}:bci/bci:latest`],
        },
      },
      [],
    ],
  ])('reports %s', (_, content, expected) => {
    const records = read(content);
    expect(lines(records)).toEqual(expected);
    expect(problems(records)).toEqual([]);
  });

  it.each<[string, Content, readonly string[]]>([
    [
      'a product that is not known, once',
      { status: { known_affected: ['SUSE Tomorrow 27:a', 'SUSE Tomorrow 27:b', `${sp5}:a`] } },
      ['Product SUSE Tomorrow 27 is not known'],
    ],
    [
      'a fix that is not a build',
      { status: { recommended: [`${sp5}:openssl`], known_affected: [`${sp5}:a`] } },
      ['Fix openssl is not a build of a package'],
    ],
    [
      'lists that have no meaning yet',
      { status: { first_affected: [`${sp5}:b`], known_affected: [`${sp5}:a`] } },
      ['Status first_affected is not read'],
    ],
    [
      'product ids that stand for nothing',
      { vulnerability: { product_status: { known_affected: ['__proto__', 'constructor', 'a'] } } },
      ['Product id is not a package of a product'],
    ],
    ['an invalid id', { vulnerability: { cve: '../../etc' } }, ['Vulnerability without a CVE id: ../../etc']],
  ])('counts %s as a problem and continues', (_, content, expected) => {
    const records = read(content);
    expect(problems(records).map((text) => text.replace(/^\S+\.json(?: CVE-2024-1000)?: /, ''))).toEqual(expected);
    const isSaid = content.status !== undefined;
    expect(lines(records)).toEqual(isSaid ? ['sles:15.5 a: affected either'] : []);
  });

  it.each([[null], [[]], [{}], [{ document: { tracking: {} } }]])('counts %j as a problem', (value) => {
    expect([...vexRecords(value, 'x.json', vexArchiveName)].map(({ kind }) => kind)).toEqual(['problem']);
  });

  const description = (text: string): object => ({ notes: [{ category: 'description', text }] });

  it.each([
    ['DO NOT USE THIS CANDIDATE NUMBER. Reason: withdrawn by its CNA.', true],
    ['** REJECT **  DO NOT USE THIS CANDIDATE NUMBER.', true],
    ['Rejected reason: Not used', true],
    ['This CVE ID has been rejected or withdrawn by its CVE Numbering Authority.', true],
    ['** DISPUTED ** A flaw in a', false],
    ['A flaw in a. Do not use this candidate number generator.', false],
  ])('"%s" marks the id as rejected: %s', (text, isRejected) => {
    const records = read({ status: { known_affected: [`${sp5}:a`] }, document: description(text) });
    expect(records[0]).toMatchObject({ kind: 'vulnerability', text: { id: 'CVE-2024-1000', description: text } });
    expect(records[0]).toEqual(
      isRejected
        ? { kind: 'vulnerability', text: { feed: 'suse', id: 'CVE-2024-1000', description: text, rejected: true } }
        : { kind: 'vulnerability', text: { feed: 'suse', id: 'CVE-2024-1000', description: text, severity: 'Medium' } },
    );
    expect(lines(records)).toHaveLength(isRejected ? 0 : 1);
  });

  it.each([
    ['critical', 'Critical'],
    ['important', 'High'],
    ['moderate', 'Medium'],
    ['low', 'Low'],
    ['not set', undefined],
  ])('severity %s is %s, of the document where the flaw has none', (text, severity) => {
    const records = read({
      status: { known_affected: [`${sp5}:a`] },
      vulnerability: { threats: [] },
      document: { aggregate_severity: { text } },
    });
    expect(records[0]).toEqual({
      kind: 'vulnerability',
      text: { feed: 'suse', id: 'CVE-2024-1000', ...(severity === undefined ? {} : { severity }) },
    });
    expect(records[1]).toMatchObject({ group: { advisories: [{ vendorSeverity: text }] } });
  });

  it('describes flaws that no product has', () => {
    const value = { document: { tracking: { id: 'CVE-1999-0003' }, aggregate_severity: { text: 'critical' } } };
    expect([...vexRecords(value, 'cve-1999-0003.json', vexArchiveName)]).toEqual([
      { kind: 'vulnerability', text: { feed: 'suse', id: 'CVE-1999-0003', severity: 'Critical' } },
    ]);
  });

  it('has test data that is the archive of its readable documents', async () => {
    const answer = await directoryUpstream(path.join(testdata, 'input')).get(vexArchiveName);
    if (answer.kind !== 'content') throw new Error(vexArchiveName);
    const packed = new Map<string, string>();
    const accept = (name: string): boolean => /\/cve-[^/]*\.json$/.test(name);
    for await (const member of archiveMembers(answer.body, { label: vexArchiveName, accept })) {
      packed.set(member.name, member.problem ?? Buffer.from(member.content).toString());
    }
    const names = readdirSync(path.join(testdata, 'vex')).sort();
    expect([...packed].sort()).toEqual(
      names.map((name) => [`csaf-vex/${name}`, readFileSync(path.join(testdata, 'vex', name), 'utf8')]),
    );
    expect(names).toHaveLength(5);
  });

  it('refuses an archive without documents', async () => {
    async function* body(): AsyncGenerator<Uint8Array> {
      await Promise.resolve();
      yield Buffer.alloc(1024);
    }
    const records = suse.parse({ name: vexArchiveName, body: body() });
    await expect(records[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: 'corrupt-data' });
  });
});
