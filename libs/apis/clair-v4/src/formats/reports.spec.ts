import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Finding, RenderedText, Report, ReportPackage } from '@clarion/model';
import { clairFormatIds, clairFormats } from './index';

type Tree = Record<string, unknown>;
/** Both reports have these members; the index report lacks those of vulnerabilities. */
interface ClairReport extends Tree {
  readonly packages: Record<string, Tree>;
  readonly distributions: Record<string, Tree>;
  readonly repository: Record<string, Tree>;
  readonly environments: Record<string, readonly Tree[]>;
  readonly vulnerabilities: Record<string, Tree>;
  readonly package_vulnerabilities: Record<string, readonly string[]>;
  readonly enrichments: Record<string, readonly Record<string, readonly Tree[]>[]>;
}

const factsFolder = path.join(__dirname, '../../../../plugins/report-formats/src/testdata');
const cases = readdirSync(factsFolder);
const facts = (name: string): Report => JSON.parse(readFileSync(path.join(factsFolder, name), 'utf8')) as Report;
const languages = facts('languages.json');
const style = { colour: false, width: undefined, listPackages: false };

async function render(report: Report, id: string = clairFormatIds.report): Promise<ClairReport> {
  const format = clairFormats.find((one) => one.id === id);
  const text: RenderedText =
    (await format?.report?.(report, style)) ?? (await format?.inventory?.(report, style)) ?? [];
  return JSON.parse([...text].join('')) as ClairReport;
}

/** The facts with one finding, of the first package. */
function withFinding(changes: Partial<Finding>, ofPackage: Partial<ReportPackage> = {}): Report {
  const [finding] = languages.findings;
  const { package: affected } = finding ?? {};
  const found = languages.packages.find(({ path: at, name }) => at === affected?.path && name === affected.name);
  if (finding === undefined || found === undefined) throw new TypeError('The facts have no finding');
  return { ...languages, packages: [{ ...found, ...ofPackage }], findings: [{ ...finding, ...changes }] };
}

const firstOf = (members: Record<string, Tree>): Tree => Object.values(members)[0] ?? {};

describe.each(cases)('of %s', (name) => {
  const report = facts(name);

  it('every package has an environment, with a layer of the image, and what it refers to', async () => {
    for (const id of [clairFormatIds.index, clairFormatIds.report]) {
      const { packages, environments, distributions, repository } = await render(report, id);
      expect(Object.keys(packages)).toHaveLength(report.packages.length);
      expect(Object.keys(environments)).toEqual(Object.keys(packages));
      const layers = report.image.layers.map(({ digest, diffId }) => digest ?? diffId);
      for (const [environment, ...more] of Object.values(environments)) {
        expect(more).toEqual([]);
        expect(layers).toContain(environment?.['introduced_in']);
        const known = ['', ...Object.keys(distributions)];
        expect(known).toContain(environment?.['distribution_id']);
        const repositories = environment?.['repository_ids'] as readonly string[];
        for (const one of repositories) expect(Object.keys(repository)).toContain(one);
      }
    }
  });

  it('has the same package, vulnerability and fixed version as the native report', async () => {
    const { packages, vulnerabilities, package_vulnerabilities: ofPackages } = await render(report);
    const triple = (...parts: readonly unknown[]): string => JSON.stringify(parts);
    const sent = Object.entries(ofPackages).flatMap(([id, list]) =>
      list.map((one) => {
        const { name: vulnerability, fixed_in_version: fixed } = vulnerabilities[one] ?? {};
        return triple(packages[id]?.['name'], packages[id]?.['version'], vulnerability, fixed);
      }),
    );
    const native = report.findings.map(({ id, fixedIn, package: { name: of, version } }) =>
      triple(of, version, id, fixedIn ?? ''),
    );
    expect(new Set(sent)).toEqual(new Set(native));
  });

  it('is the same again, in any order of its members', async () => {
    const reversed = JSON.parse(JSON.stringify(report), (_, value: unknown) =>
      typeof value === 'object' && value !== null && !Array.isArray(value)
        ? Object.fromEntries(Object.entries(value).reverse())
        : value,
    ) as Report;
    for (const id of Object.values(clairFormatIds))
      expect(await render(reversed, id)).toEqual(await render(report, id));
  });

  it('has no member that clients choke on', async () => {
    const { vulnerabilities, packages, enrichments } = await render(report, clairFormatIds.reportWithScores);
    for (const one of Object.values(vulnerabilities)) {
      expect(Object.values(one)).not.toContain(null);
      expect(one).not.toHaveProperty('range');
      expect(one['links']).not.toMatch(/[\n\t]| {2}/);
      expect('distribution' in one || 'repository' in one).toBe(true);
    }
    for (const one of Object.values(packages)) {
      expect(Object.values(one)).not.toContain(null);
      expect(one['kind']).toMatch(/^(source|binary)$/);
    }
    const [first = '', ...others] = Object.keys(enrichments);
    expect(first).toContain('enricher=clair.cvss ');
    for (const type of others) expect(Object.keys(enrichments[type]?.[0] ?? {})).not.toHaveLength(0);
    for (const lists of Object.values(enrichments)) {
      expect(lists).toHaveLength(1);
      for (const objects of Object.values(lists[0] ?? {})) expect(objects.length).toBeGreaterThan(0);
    }
    for (const scored of Object.values(enrichments[first]?.[0] ?? {})) {
      for (const { baseScore } of scored) expect(baseScore).toEqual(expect.any(Number));
    }
  });
});

describe('an index report', () => {
  it('has all members, and an empty text for no error', async () => {
    const report = await render(languages, clairFormatIds.index);
    expect(Object.keys(report)).toEqual(
      'manifest_hash state packages distributions repository environments success err'.split(' '),
    );
    expect(report).toMatchObject({ state: 'IndexFinished', success: true, err: '' });
  });

  it('has a source that is complete, and absent where there is none', async () => {
    const sourced = withFinding({}, { source: 'glibc', sourceVersion: '2.36', architecture: 'amd64', module: 'm' });
    expect(firstOf((await render(sourced, clairFormatIds.index)).packages)).toMatchObject({
      ...{ arch: 'amd64', module: 'm', kind: 'binary', cpe: '', normalized_version: '' },
      source: { id: expect.any(String) as string, name: 'glibc', version: '2.36', kind: 'source', cpe: '' },
    });
    const bare = firstOf((await render(withFinding({}), clairFormatIds.index)).packages);
    expect(Object.keys(bare)).toEqual(['id', 'name', 'version', 'kind', 'normalized_version', 'cpe']);
  });

  it.each([
    ['cpe:2.3:a:nginx:nginx:1.25.3:*:*:*:*:*:*:*', 'cpe:2.3:a:nginx:nginx:1.25.3:*:*:*:*:*:*:*'],
    ['cpe:2.3:a:nginx', ''],
    ['cpe:/a:nginx:nginx', ''],
  ])('has the CPE %j as %j', async (cpe, sent) => {
    expect(firstOf((await render(withFinding({}, { cpe }), clairFormatIds.index)).packages)['cpe']).toBe(sent);
  });

  it.each<[namespace: string, member: 'distributions' | 'repository', described: Tree]>([
    ['debian:12', 'distributions', { did: 'debian', version: '12 (bookworm)', version_code_name: 'bookworm' }],
    ['alpine:v3.20', 'distributions', { did: 'alpine', version_id: '3.20', pretty_name: 'Alpine Linux 3.20' }],
    ['oracle:9', 'distributions', { did: 'ol', version_id: '9' }],
    ['wolfi', 'distributions', { did: 'wolfi', version: '', pretty_name: 'Wolfi' }],
    ['mylinux:1', 'distributions', { did: 'mylinux', name: 'mylinux', version_id: '1' }],
    ['pypi', 'repository', { name: 'pypi', uri: 'https://pypi.org/simple', cpe: '' }],
    ['crates.io', 'repository', { name: 'crates.io', cpe: '' }],
    ['x-acme', 'repository', { name: 'x-acme' }],
  ])('describes %s among %s', async (namespace, member, described) => {
    const report = await render({ ...withFinding({}, { namespace }), namespaces: [] }, clairFormatIds.index);
    expect(firstOf(report[member])).toMatchObject(described);
    expect(Object.values(firstOf(report[member])).every((one) => typeof one === 'string')).toBe(true);
  });
});

describe('a vulnerability', () => {
  it.each<[what: string, changes: Partial<Finding>, sent: Tree]>([
    ['without a fix', { fixedIn: null }, { fixed_in_version: '' }],
    ['with a version that is like a query', { fixedIn: '1&fixed=2' }, { fixed_in_version: 'fixed=1%26fixed%3D2' }],
    ['with an equals sign', { fixedIn: '1=2' }, { fixed_in_version: '1=2' }],
    ['published on a day', { published: '2024-02-29' }, { issued: '2024-02-29T00:00:00.000Z' }],
    ['published at no known time', { published: null }, { issued: '0001-01-01T00:00:00Z' }],
    ['published at no time', { published: 'soon' }, { issued: '0001-01-01T00:00:00Z' }],
    ['without a description', { description: null }, { description: '' }],
    ['without links', { id: 'X-1', aliases: [], links: [] }, { links: '' }],
    [
      'whose ids are not in its links',
      { id: 'GHSA-1', aliases: ['CVE-2024-1234'], links: ['https://a.example/CVE-2024-12345'] },
      {
        name: 'GHSA-1',
        links: 'https://a.example/CVE-2024-12345 https://www.cve.org/CVERecord?id=CVE-2024-1234',
      },
    ],
    [
      'with a blank in a link',
      { id: 'X-1', aliases: [], links: ['https://a.example/b c', 'https://d.example/'] },
      { links: 'https://a.example/b%20c https://d.example/' },
    ],
    [
      'that nobody rated',
      { severity: 'Unknown', severities: [], statements: [] },
      { severity: 'Unknown', normalized_severity: 'Unknown', updater: '' },
    ],
  ])('%s', async (_what, changes, sent) => {
    const vulnerability = firstOf((await render(withFinding(changes))).vulnerabilities);
    expect(vulnerability).toMatchObject({ ...sent, arch_op: 'equals' });
  });

  it('has the same id as long as its facts are the same', async () => {
    const ids = async (changes: Partial<Finding>): Promise<readonly string[]> =>
      Object.keys((await render(withFinding(changes))).vulnerabilities);
    expect(await ids({})).toEqual(await ids({}));
    expect(await ids({ fixedIn: '99' })).not.toEqual(await ids({ fixedIn: '98' }));
  });
});

describe('enrichments', () => {
  const vector = 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H';
  const severity = { source: 'nvd', severity: 'Critical', scoredBy: null, score: 9.8, vector } as const;
  const epss = { score: 0.5, percentile: 0.9, date: '2024-01-01' };
  const knownExploited = { dateAdded: '2024-01-01', dueDate: null, requiredAction: 'patch', ransomware: true };

  it('are the scores of CVSS under the id of the vulnerability', async () => {
    const unscored = { ...severity, score: null };
    const { enrichments, vulnerabilities } = await render(withFinding({ severities: [severity, severity, unscored] }));
    expect(enrichments).toEqual({
      'message/vnd.clair.map.vulnerability; enricher=clair.cvss schema=https://csrc.nist.gov/schema/nvd/api/2.0/cve_api_json_2.0.schema':
        [
          {
            [Object.keys(vulnerabilities)[0] ?? '']: [
              { version: '3.1', vectorString: vector, baseScore: 9.8, baseSeverity: 'CRITICAL' },
            ],
          },
        ],
    });
  });

  it.each([
    ['nothing without scores', clairFormatIds.report, []],
    ['an empty map before the others', clairFormatIds.reportWithScores, ['cvss', 'epss', 'kev']],
  ])('are %s', async (_what, id, enrichers) => {
    const { enrichments } = await render(withFinding({ severities: [], epss, knownExploited }), id);
    expect(Object.keys(enrichments).map((type) => /enricher=clair\.(\w+)/.exec(type)?.[1])).toEqual(enrichers);
    const [cvss, ...others] = Object.values(enrichments);
    expect(cvss ?? [{}]).toEqual([{}]);
    const found = others.flatMap(([map]) => Object.values(map ?? {}).flat());
    expect(found).toEqual(
      enrichers.length === 0
        ? []
        : [
            expect.objectContaining({ epss: 0.5, percentile: 0.9, date: '2024-01-01' }),
            expect.objectContaining({ dateAdded: '2024-01-01', knownRansomwareCampaignUse: 'Known', dueDate: '' }),
          ],
    );
  });
});
