import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

import { describeMissing, type Finding, type MissingDocument, type Report, type ReportProblem } from '@clarion/model';

import { findingBlocks } from './finding-blocks';
import { renderInventory } from './render-inventory';
import { renderReport } from './render-report';
import { displayWidth } from './text-width';

const factsFolder = path.join(__dirname, '../testdata');
const cases = readdirSync(factsFolder);

function facts(name: string): Report {
  return JSON.parse(readFileSync(path.join(factsFolder, name), 'utf8')) as Report;
}

function lines(report: Report, width: number | undefined, listPackages = false): string[] {
  return renderReport(report, { colour: false, width, listPackages }).trimEnd().split('\n');
}

describe('table of a report', () => {
  it.each(cases.flatMap((name) => [80, 100, 120, 200].map((width): [string, number] => [name, width])))(
    'of %s fits into %d columns',
    (name, width) => {
      for (const line of lines(facts(name), width, true)) expect(displayWidth(line)).toBeLessThanOrEqual(width);
    },
  );

  it('is not wrapped where the output is not a terminal', () => {
    const row = lines(facts('debian.json'), undefined).find((line) => line.includes('CVE-2023-46218')) ?? '';
    expect(row).toMatch(
      /curl +7\.88\.1-10\+deb12u4 +CVE-2023-46218 +High +fix available +7\.88\.1-10\+deb12u5 +#2 dpkg\/status$/,
    );
  });

  it('shows one flaw of several packages of one source once, with all their names', () => {
    const text = lines(facts('debian.json'), 120);
    expect(text.filter((line) => line.includes('CVE-2023-5678'))).toHaveLength(1);
    expect(text.some((line) => line.startsWith('    libssl3, openssl'))).toBe(true);
  });

  describe('names one version for all vulnerabilities of a package', () => {
    const report = facts('debian.json');
    const [one] = report.findings;
    const fixedIn = (fix: string | null, more: Partial<Finding> = {}): Finding => ({ ...one!, fixedIn: fix, ...more });
    const all = { fixesAll: '9.2' };
    const owned = { package: { ...one!.package, owner: 'x' } };

    it.each<[string, readonly Finding[], string | undefined]>([
      ['where fixes differ', [fixedIn('9.1', all), fixedIn('9.2', all)], '9.2 fixes all'],
      ['that have a fix', [fixedIn('9.1', all), fixedIn('9.2', all), fixedIn(null)], '9.2 fixes 2 of 3'],
      [
        'without notices',
        [fixedIn('9.1', all), fixedIn('9.2', all), fixedIn('9.9', { kind: 'informational' })],
        '9.2 fixes all',
      ],
      ['where those that are shown differ', [fixedIn('9.1', all), fixedIn('9.1', all)], undefined],
      [
        'unless a package of the distribution owns it',
        [fixedIn('9.1', { ...all, ...owned }), fixedIn('9.2', { ...all, ...owned })],
        undefined,
      ],
    ])('%s', (_, found, expected) => {
      const findings = found.map((finding, number) => ({ ...finding, id: `CVE-2024-${1000 + number}` }));
      const shown = lines({ ...report, findings }, 120).flatMap(
        (line) => /9\.2 fixes (?:all|\d of \d)/.exec(line) ?? [],
      );
      expect(shown).toEqual(expected === undefined ? [] : [expected]);
    });
  });

  /** The debian report where some of CVE-2023-5678 (in two packages) and CVE-2023-6246 is known to be exploited. */
  function exploited(...ids: readonly string[]): Report {
    const report = facts('debian.json');
    const knownExploited = { dateAdded: '2023-11-21', dueDate: null, requiredAction: null, ransomware: false };
    const findings = report.findings.map((one) => (ids.includes(one.id) ? { ...one, knownExploited } : one));
    return { ...report, findings };
  }

  it.each([
    [200, 'CVE-2023-6246', [], /Critical +24 % +fix available/],
    [200, 'CVE-2023-6246', ['CVE-2023-6246'], /Critical +in use +fix available/],
    [200, 'CVE-2023-5678', [], /Medium +fix available/],
    [undefined, 'CVE-2023-5678', ['CVE-2023-5678'], /Medium +in use +fix available/],
    [120, 'CVE-2023-6246', ['CVE-2023-6246'], /Critical +in use +2\.36-9\+deb12u4 +#1/],
    [80, 'CVE-2023-6246', ['CVE-2023-6246'], /Critical +in use +2\.36-9/],
  ] as const)('shows at width %p how likely %s is exploited (known: %j)', (width, id, known, row) => {
    expect(lines(exploited(...known), width).find((line) => line.includes(id))).toMatch(row);
  });

  it('has no column of exploits where none is notable', () => {
    const report = facts('debian.json');
    const quiet = report.findings.filter(({ id }) => id !== 'CVE-2023-6246');
    expect(lines({ ...report, findings: quiet }, 200).join('\n')).not.toContain('EXPLOIT');
  });

  it.each([40, 80, 200])('names at width %d what is known to be exploited', (width) => {
    const text = lines(exploited('CVE-2023-6246', 'CVE-2023-5678'), width).join(' ').replace(/ +/g, ' ');
    expect(text).toContain('Known to be exploited: CVE-2023-5678, CVE-2023-6246. 15 findings');
  });

  it('marks what is reported for other architectures only, and counts it separately', () => {
    const report = facts('debian.json');
    const elsewhere = new Set(['CVE-2023-46218', 'CVE-2023-45853']);
    const findings = report.findings.map((one) =>
      elsewhere.has(one.id) ? { ...one, certainty: 'other-architecture' as const } : one,
    );
    const doubtful = findings.filter(({ certainty }) => certainty !== undefined).length;
    const countedApart = { malicious: 0, informational: 0, otherArchitecture: doubtful };
    const text = lines({ ...report, findings, countedApart }, 200);
    const row = (id: string): string => text.find((line) => line.includes(id)) ?? '';
    expect(row('CVE-2023-46218')).toMatch(/fix available\? +7\.88\.1-10\+deb12u5\? /);
    expect(row('CVE-2023-45853')).toMatch(/ will not fix\? /);
    expect(row('CVE-2023-6246')).not.toContain('?');
    expect(doubtful).toBeGreaterThanOrEqual(2);
    expect(text.join('\n')).toContain(`, ${doubtful} reported for other architectures only (?)`);
    expect(lines(report, 200).join('\n')).not.toContain('other architectures');
  });

  it.each<readonly [NonNullable<Report['coverage']['namespaces'][number]['support']>, string | null, string]>([
    ['rolling', null, 'debian:12 (rolling release)'],
    ['unknown', null, 'debian:12 (end of support unknown)'],
    ['dated', '2023-06-01', 'debian:12 (support ended 2023-06-01)'],
    ['dated', '2028-06-30', 'debian:12 (support ends 2028-06-30)'],
  ])('says how long a release is supported: %s %p', (support, endOfLife, expected) => {
    const report = facts('debian.json');
    const namespaces = report.coverage.namespaces.map((one) => ({ ...one, support, endOfLife }));
    const shown = lines({ ...report, coverage: { ...report.coverage, namespaces } }, 120);
    expect(shown).toContain(`  Distribution  ${expected}`);
  });

  it('says how long a release is supported whose feeds were never loaded, not that this is in the future', () => {
    const report = facts('debian.json');
    const namespaces = report.coverage.namespaces.map((one) => ({ ...one, endOfLife: '2020-05-26' }));
    const feeds = report.coverage.feeds.map((feed) => ({ ...feed, updatedAt: null }));
    for (const without of [feeds, []]) {
      const shown = lines({ ...report, coverage: { ...report.coverage, namespaces, feeds: without } }, 120);
      expect(shown).toContain('  Distribution  debian:12 (end of support: 2020-05-26)');
    }
  });

  it('says that a single package was compared', () => {
    const report = facts('clean.json');
    const text = lines({ ...report, packages: report.packages.slice(0, 1) }, 100).join(' ');
    expect(text).toContain('Nothing found: the only package was compared with up-to-date advisories.');
  });

  it('drops the state before the layer, and never what is exploited', () => {
    const headings = (width: number): string =>
      lines(exploited('CVE-2023-6246'), width).find((line) => line.includes('PACKAGE')) ?? '';
    expect([80, 100, 118, 122].map((width) => headings(width).trim().split(/ {2,}/).slice(4))).toEqual([
      ['EXPLOIT', 'FIXED IN'],
      ['EXPLOIT', 'FIXED IN', 'LAYER'],
      ['EXPLOIT', 'FIXED IN', 'LAYER'],
      ['EXPLOIT', 'STATE', 'FIXED IN', 'LAYER'],
    ]);
  });

  it('shows first what is exploited, whatever its severity', () => {
    const report = exploited('CVE-2023-5678');
    const text = lines(report, 120);
    const first = text.findIndex((line) => line.includes('CVE-2023-5678'));
    expect(first).toBeLessThan(text.findIndex((line) => /CVE-.* Critical/.test(line)));
  });

  it('describes what matters, and everything on demand', () => {
    const description = 'The iconv() function of the GNU C Library writes beyond its buffer. '.repeat(6);
    const report = exploited('CVE-2023-5678');
    const findings = report.findings.map((one) => ({ ...one, description, links: [`https://example.org/${one.id}`] }));
    const described = (details: boolean): string[] =>
      renderReport({ ...report, findings }, { colour: false, width: 100, listPackages: false, details })
        .split('\n')
        .filter((line) => /^ {2}(CVE|TEMP)-[^ ]+ \(/.test(line));
    expect(described(false)[0]).toBe('  CVE-2023-5678 (Medium, openssl)');
    expect(described(false).every((line, n) => n === 0 || /\((Critical|High),/.test(line))).toBe(true);
    expect(described(true)).toHaveLength(new Set(findings.map(({ id }) => id)).size);
    const text = renderReport({ ...report, findings }, { colour: false, width: 100, listPackages: false });
    expect(text).toContain('    https://example.org/CVE-2023-5678\n');
    expect(text).toMatch(/beyond its buffer\.…?\n|\w…\n/);
  });

  it.each([
    ['affected', undefined, /no update fixes any of them yet\. Remove the packages that are not needed/],
    ['end_of_life', undefined, /rebuild on a release that is/],
    ['affected', 'ubuntu-pro', /Fixes exist in a channel/],
  ] as const)('says what then where no update fixes anything: %s, %p', (state, fixAvailableIn, then) => {
    const report = facts('debian.json');
    const findings = report.findings.map((one) => ({
      ...one,
      state,
      fixedIn: null,
      ...(fixAvailableIn === undefined ? {} : { fixAvailableIn }),
    }));
    expect(lines({ ...report, findings }, undefined).join('\n')).toMatch(then);
  });

  it('ends with the numbers of findings by severity', () => {
    expect(lines(facts('debian.json'), 120).slice(-2)).toEqual([
      '15 findings: 3 Critical, 3 High, 4 Medium, 1 Low, 3 Negligible, 1 Unknown',
      '10 unique vulnerabilities, 15 occurrences in 10 packages; an update fixes 8 of the findings.',
    ]);
  });

  it('says plainly that nothing was found when all was compared', () => {
    const report = facts('clean.json');
    expect(lines(report, 80).at(-1)).toBe('✓ Nothing found: all 3 packages were compared with up-to-date advisories.');
    expect(renderReport(report, { colour: true, width: 80, listPackages: false })).toContain(
      '\u001b[32m✓ Nothing found',
    );
  });

  it('does not reassure about a release whose support ended before its advisories', () => {
    const report = facts('clean.json');
    const namespaces = report.coverage.namespaces.map((one) => ({ ...one, endOfLife: '2020-05-26' }));
    const shown = lines({ ...report, coverage: { ...report.coverage, namespaces } }, undefined);
    expect(shown.at(-1)).toMatch(/^Nothing found, but advisories for .+ ended with its support\. That does not mean/);
  });

  it.each([
    [
      'clean.json',
      { unfixed: 3, kernelHeaders: 0, severity: 1 },
      'Nothing to show. Not listed: 3 findings without a fix (--ignore-unfixed), 1 finding of another severity (--severity).',
    ],
    [
      'clean.json',
      { unfixed: 0, kernelHeaders: 4504, severity: 0 },
      'Nothing to show. Not listed: 4504 findings of packages with nothing but kernel headers (--format json lists them).',
    ],
    [
      'debian.json',
      { unfixed: 1, kernelHeaders: 0, severity: 0 },
      'Not listed: 1 finding without a fix (--ignore-unfixed).',
    ],
  ])('says what it leaves out of %s, and why: %j', (name, filtered, sentence) => {
    const style = { colour: false, width: 200, listPackages: false };
    const text = renderReport({ ...facts(name), filtered }, style);
    expect(text.split('\n')).toContain(sentence);
    expect(text).not.toContain('Nothing found');
  });

  it.each(['incomplete.json', 'empty.json'])('never reassures when the report of %s is incomplete', (name) => {
    const text = lines(facts(name), undefined).at(-1);
    expect(text).toMatch(/That does not mean that there are no vulnerabilities\.$/);
  });

  it.each<readonly [what: string, missing: MissingDocument, isNamed: boolean]>([
    ['would rate a finding that nobody rates', { name: 'nvdcve-2.0-1998.json', ids: ['CVE-1998-'] }, true],
    ['is about other flaws', { name: 'nvdcve-2.0-1997.json', ids: ['CVE-1997-'] }, false],
    ['would only take findings away', { name: 'rejections/main.yaml', onlyRemoves: true }, true],
    ['is about packages of other releases', { name: 'v3.18/community.json', namespaces: ['alpine:v3.18'] }, false],
  ])('names a document that a feed lacks where it %s', (_, missing, isNamed) => {
    const { findings, coverage, ...report } = facts('debian.json');
    const unrated = findings.map((finding) => ({ ...finding, id: 'CVE-1998-0001', severity: 'Unknown' as const }));
    const feeds = coverage.feeds.map((feed) => ({ ...feed, missing: [missing] }));
    const text = lines({ ...report, findings: unrated, coverage: { ...coverage, feeds } }, 200).join('\n');
    expect(text.includes(`is partial`)).toBe(isNamed);
    expect(text.includes(missing.name)).toBe(isNamed);
  });

  it('says which namespaces are only partly covered', () => {
    const report = facts('debian.json');
    const reason = describeMissing('vendor', ['a.json', 'b.json']) ?? '';
    const namespaces = report.coverage.namespaces.map((one) => {
      return { ...one, partial: [{ feed: 'vendor', missing: ['a.json', 'b.json'], reason }] };
    });
    const coverage = { ...report.coverage, namespaces, complete: false };
    expect(lines({ ...report, coverage }, 300).join('\n')).toContain(
      'debian:12 is only partly covered: vendor is partial: 2 documents are not there (a.json, b.json); run clarion update vendor with a mirror that has them',
    );
  });

  it('says why packages, feeds and files were not taken into account', () => {
    const text = lines(facts('incomplete.json'), undefined).join('\n');
    for (const expected of [
      '16 packages not covered: no feed for this distribution',
      'and 4 more',
      '1 package could not be evaluated: the fixed version "n/a" is not an rpm version',
      'openssl-libs 1:1.0.2k-19.el7 (CVE-2020-1971)',
      'feed epel is stale',
      'feed redhat-vex was never loaded',
      '#2 var/lib/rpm/Packages: the database ends in page 117 of 240',
      'layer 3 of the image is not in the archive',
      'support ended 2024-06-30',
    ]) {
      expect(text).toContain(expected);
    }
  });

  it('warns below findings when there may be more', () => {
    const report = facts('debian.json');
    const incomplete = { ...report, coverage: { ...report.coverage, complete: false } };
    expect(lines(incomplete, 80).at(-1)).toBe('The report is incomplete: there may be more.');
    expect(lines(report, 80).join('\n')).not.toContain('incomplete');
  });

  it('lists packages without findings on request', () => {
    const report = facts('debian.json');
    const listed = lines(report, 120, true);
    const start = listed.indexOf('Packages without findings');
    expect(listed.slice(start + 2, start + 4).map((line) => line.trim().split(/ +/)[0])).toEqual([
      'linux-libc-dev',
      'tzdata',
    ]);
    expect(lines(report, 120)).not.toContain('Packages without findings');
  });

  it('adds colours only where they are requested', () => {
    const report = facts('debian.json');
    const coloured = renderReport(report, { colour: true, width: 120, listPackages: false });

    const bare = coloured.replace(/\u001b\[\d+m/g, '');
    expect(coloured).toContain('\u001b[31m');
    expect(bare).toBe(renderReport(report, { colour: false, width: 120, listPackages: false }));
  });

  it('renders ten thousand findings quickly', () => {
    const report = facts('debian.json');
    const [finding] = report.findings;
    const findings = Array.from({ length: 10_000 }, (_, n) => ({
      ...finding!,
      id: `CVE-2024-${n}`,
      package: { ...finding!.package, name: `package${n % 500}` },
    }));
    const rows = lines({ ...report, findings }, 120).filter((line) => /CVE-2024-\d+ +Critical/.test(line));
    expect(rows).toHaveLength(10_000);
  });
});

describe('table of an inventory', () => {
  it('says when no packages were found', () => {
    expect(renderInventory(facts('empty.json'), { colour: false, width: 80, listPackages: false })).toContain(
      'No packages were found.',
    );
  });

  it('says what was recognised and not read', () => {
    const npm = { id: 'npm', files: 2, example: 'app/node_modules/a\u001b[2J/package.json', layer: 'sha256:a' };
    const inventory = { ...facts('clean.json'), ecosystems: [{ ...npm, reason: 'no detector reads npm packages' }] };
    const text = renderInventory(inventory, { colour: false, width: 80, listPackages: false });
    expect(text).toMatch(
      /Not looked at\n {2}! npm: no detector reads npm packages, found by 2 files\n {4}app\/node_mod/,
    );
    expect(text).not.toContain('\u001b');
  });

  it('shows twenty problems and counts the others', () => {
    const problem: ReportProblem = { layer: 'sha512:abc', path: null, code: 'bad-record', message: 'no name' };
    const problems = Array.from({ length: 25 }, () => problem);
    const text = renderInventory(
      { ...facts('clean.json'), problems },
      { colour: false, width: 80, listPackages: false },
    );
    expect(text.match(/! abc: no name/g)).toHaveLength(20);
    expect(text).toContain('and 5 more problems');
  });
});

describe('findingBlocks', () => {
  it('keeps every finding, whatever is merged', () => {
    const { findings } = facts('debian.json');
    const shown = findingBlocks(findings).flatMap(({ source, binaries, findings: rows }) =>
      rows.flatMap(({ id }) => (binaries.length === 0 ? [source] : binaries).map((name) => `${id} ${name}`)),
    );
    expect(shown.sort()).toEqual(findings.map((finding) => `${finding.id} ${finding.package.name}`).sort());
  });

  it('does not merge what differs in fix, severity or location', () => {
    const [one] = facts('debian.json').findings;
    const differing = [one!, { ...one!, fixedIn: '9' }, { ...one!, package: { ...one!.package, path: 'other' } }];
    expect(findingBlocks(differing).flatMap(({ findings }) => findings)).toHaveLength(3);
  });
});
