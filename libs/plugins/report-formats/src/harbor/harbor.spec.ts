import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Finding, Report } from '@clarion/model';
import { renderReport } from './render';

const factsFolder = path.join(__dirname, '../testdata');
const cases = readdirSync(factsFolder);

function facts(name: string): Report {
  return JSON.parse(readFileSync(path.join(factsFolder, name), 'utf8')) as Report;
}

interface Item {
  readonly id: string;
  readonly package: string;
  readonly version: string;
  readonly fix_version: string;
  readonly severity: string;
  readonly links: readonly string[];
  readonly preferred_cvss: Readonly<Record<string, unknown>>;
  readonly vendor_attributes: { readonly locations: readonly unknown[]; readonly further_locations?: number };
}

interface HarborReport {
  readonly severity: string;
  readonly vendor_attributes: Readonly<Partial<Record<'unsupported' | 'gaps', readonly string[]>>>;
  readonly vulnerabilities: readonly Item[];
}

function rendered(report: Report): HarborReport {
  return JSON.parse([...renderReport(report)].join('')) as HarborReport;
}

const debian = facts('debian.json');
const [first] = debian.findings;
function finding(changes: Partial<Finding> & { readonly path?: string } = {}): Finding {
  if (first === undefined) throw new Error('The facts have findings');
  const { path: file = first.package.path, ...rest } = changes;
  return { ...first, ...rest, package: { ...first.package, path: file } };
}

describe('harbor', () => {
  it.each(cases)('%s: every item is unique, and its severity is a word of Harbor', (name) => {
    const { findings } = facts(name);
    const { vulnerabilities, severity } = rendered(facts(name));
    const key = (one: { id: string; package: string; version: string }): string =>
      `${one.id} ${one.package} ${one.version}`;
    const expected = new Set(findings.map((one) => key({ id: one.id, ...one.package, package: one.package.name })));
    expect(new Set(vulnerabilities.map(key))).toEqual(expected);
    expect(vulnerabilities).toHaveLength(expected.size);
    for (const item of vulnerabilities) {
      expect(['Unknown', 'Negligible', 'Low', 'Medium', 'High', 'Critical']).toContain(item.severity);
      for (const link of item.links) expect(link).toMatch(/^https?:/);
    }
    expect(severity === 'None').toBe(vulnerabilities.length === 0);
  });

  it('merges places, with the worst severity and all fixes', () => {
    const findings = [
      finding({ severity: 'Low', fixedIn: '1', path: 'a' }),
      finding({ severity: 'High', fixedIn: '2', path: 'b' }),
      finding({ severity: 'Medium', fixedIn: null, path: 'c' }),
    ];
    const { vulnerabilities, severity } = rendered({ ...debian, findings });
    expect(severity).toBe('High');
    expect(vulnerabilities).toMatchObject([{ severity: 'High', fix_version: '1, 2' }]);
    expect(vulnerabilities[0]?.vendor_attributes.locations).toHaveLength(3);
  });

  it('counts places beyond twenty', () => {
    const findings = Array.from({ length: 25 }, (_, at) => finding({ path: `${at}` }));
    const [item] = rendered({ ...debian, findings }).vulnerabilities;
    expect(item?.vendor_attributes).toMatchObject({ further_locations: 5 });
  });

  it('leaves out links that are no addresses', () => {
    const links = ['https://a.example/', 'javascript:alert(1)', 'http://', 'x'];
    expect(rendered({ ...debian, findings: [finding({ links })] }).vulnerabilities[0]?.links).toEqual([
      'https://a.example/',
    ]);
  });

  it('has scores of CVSS 3 and 2, and no number without one', () => {
    const severity = { source: 'nvd', severity: 'High', scoredBy: null } as const;
    const third = { ...severity, score: 9.8, vector: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H' };
    const second = { ...severity, score: 7.5, vector: 'AV:N/AC:L/Au:N/C:P/I:P/A:P' };
    const fourth = {
      ...severity,
      score: 9.3,
      vector: 'CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N',
    };
    const of = (severities: Finding['severities']): unknown =>
      rendered({ ...debian, findings: [finding({ severities })] }).vulnerabilities[0]?.preferred_cvss;
    expect(of([fourth, third, second])).toEqual({
      score_v3: 9.8,
      score_v2: 7.5,
      vector_v3: third.vector,
      vector_v2: second.vector,
    });
    expect(of([fourth])).toEqual({ vector_v3: '', vector_v2: '' });
  });

  it.each<[what: string, coverage: Partial<Report['coverage']>, expected: readonly string[] | undefined]>([
    ['all is covered', {}, undefined],
    [
      'no feed knows the distribution',
      { namespaces: [{ id: 'solus:4', feeds: [], endOfLife: null, support: 'unknown' }] },
      ['No feed has data about solus:4'],
    ],
    [
      'its support ended',
      { namespaces: [{ id: 'debian:9', feeds: ['x'], endOfLife: '2022-06-30', support: 'dated' }] },
      ['Support of debian:9 ended 2022-06-30'],
    ],
    [
      'packages belong to no distribution',
      { uncovered: [{ package: 'a', version: '1', namespace: null, reason: 'It belongs to no distribution' }] },
      ['It belongs to no distribution'],
    ],
  ])('says so if %s', (_, coverage, expected) => {
    const report = { ...debian, findings: [], coverage: { ...debian.coverage, ...coverage } };
    expect(rendered(report).vendor_attributes.unsupported).toEqual(expected);
  });

  it('says so if nothing was found, and what else is not covered', () => {
    expect(rendered({ ...debian, packages: [] }).vendor_attributes.unsupported).toEqual([
      'No package was found in the image',
    ]);
    const uncovered = [{ package: 'a', version: '1', namespace: 'npm', reason: 'Its version is not one' }];
    expect(rendered({ ...debian, coverage: { ...debian.coverage, uncovered } }).vendor_attributes).toMatchObject({
      gaps: ['Its version is not one'],
    });
  });
});
