import type { ExplainedPackage, ExplainedAdvisory } from '@clarion/reporting';
import { type ImageExplanation, renderText } from './explain';

const said: ExplainedAdvisory = {
  feed: 'debian-security-tracker',
  document: 'json',
  entry: 'debian:12 tar',
  matchedBy: 'source',
  id: 'CVE-2022-48303',
  advisory: null,
  state: 'fixed',
  reason: 'no-dsa: minor\u001b[31m issue',
  scope: [{ member: 'architectures', passed: false, detail: 's390x: about another architecture' }],
  comparison: '1.34+dfsg-1.2 < 1.34+dfsg-1.2+deb12u1 (dpkg)',
  match: 'vulnerable',
  counts: true,
  note: null,
};
const tar: ExplainedPackage = {
  vulnerability: 'CVE-2022-48303',
  name: 'tar',
  version: '1.34+dfsg-1.2',
  namespace: 'debian:12',
  architecture: 'amd64',
  path: 'var/lib/dpkg/status',
  layer: 'sha256:00',
  source: { name: 'tar', version: '1.34+dfsg-1.2' },
  decision: 'vulnerable',
  state: 'fixed',
  fixedIn: '1.34+dfsg-1.2+deb12u1',
  fixAvailableIn: null,
  rule: 'older than the highest fixed version',
  notes: [],
  advisories: [said],
};
const explanation: ImageExplanation = {
  coverage: { uncovered: [], undetermined: [], ecosystems: [] },
  incomplete: [],
  vulnerability: 'CVE-2022-48303',
  aliases: ['GHSA-a'],
  packages: [tar],
  feeds: [{ id: 'debian-security-tracker', updatedAt: '2025-11-20T06:00:00Z' }],
};

test('shows advisory, comparison, scope, rule and decision, without control characters', () => {
  expect(renderText(explanation).split('\n')).toEqual([
    'CVE-2022-48303 (GHSA-a)',
    '',
    'tar 1.34+dfsg-1.2 (debian:12, amd64)',
    '  affected: fixed in 1.34+dfsg-1.2+deb12u1',
    '  because: older than the highest fixed version',
    '  debian-security-tracker json, debian:12 tar (by source name), CVE-2022-48303: fixed',
    '    1.34+dfsg-1.2 < 1.34+dfsg-1.2+deb12u1 (dpkg)',
    '    does not fit architectures: s390x: about another architecture',
    '    vulnerable',
    expect.stringMatching(/^ {4}reason: no-dsa: minor[^\u001b]+ issue$/),
    '',
  ]);
});

test('a package without a source has only one name', () => {
  const text = renderText({ ...explanation, packages: [{ ...tar, source: null }] });
  expect(text).toContain('debian:12 tar (by name), CVE-2022-48303');
});

test.each<readonly [Partial<ExplainedPackage>, string]>([
  [{ state: 'will_not_fix', fixedIn: null }, '  affected: will not fix'],
  [
    { state: 'affected', fixedIn: null, fixAvailableIn: 'ubuntu-pro' },
    '  affected: no fix yet, a fix is available in ubuntu-pro',
  ],
  [{ state: 'under_investigation', fixedIn: null }, '  under investigation'],
  [{ decision: 'cleared', state: null, fixedIn: null }, '  not affected: it has the fix'],
  [{ decision: 'suppressed', state: null, fixedIn: null }, '  not affected: so its vendor says'],
  [
    {
      decision: 'suppressed',
      state: null,
      fixedIn: null,
      advisories: [{ ...said, feed: 'acme', match: 'suppressed' }],
    },
    '  not affected: so acme says',
  ],
  [{ decision: 'undetermined', state: null, fixedIn: null }, '  undetermined'],
  [{ decision: 'unaffected', state: null, fixedIn: null }, '  not affected'],
])('decision %j', (more, line) => {
  expect(renderText({ ...explanation, packages: [{ ...tar, ...more }] }).split('\n')[3]).toBe(line);
});

describe('of a package of a language', () => {
  const lodash: ExplainedPackage = {
    ...tar,
    ...{ name: 'lodash', version: '3.0.0', namespace: 'npm', architecture: null, source: null, advisories: [] },
    ...{ path: 'app/node_modules/lodash/package.json', layer: 'sha256:01' },
    fixedIn: '4.17.21',
  };

  test.each<readonly [string, Partial<ExplainedPackage>, readonly string[]]>([
    [
      'what proves it and what to do',
      {
        ...{ instruction: 'RUN  npm ci', confidence: 'inferred', owner: 'node-lodash' },
        ...{ nearestFix: '3.10.2', fixesAll: '4.18.0', remedy: 'upgrade lodash' },
      },
      [
        '  file: app/node_modules/lodash/package.json, of the package node-lodash, inferred',
        '  layer: sha256:01 (RUN npm ci)',
        '  affected: fixed in 4.17.21',
        '  nearest fix: 3.10.2',
        '  fixes all vulnerabilities of the package: 4.18.0',
        '  remedy: upgrade lodash',
      ],
    ],
    [
      'no fix in its line',
      { nearestFix: null },
      [
        '  file: app/node_modules/lodash/package.json',
        '  layer: sha256:01',
        '  affected: fixed in 4.17.21',
        '  nearest fix: none in the installed major line',
      ],
    ],
    [
      'a notice',
      { kind: 'informational', nearestFix: '4.17.21' },
      [
        '  file: app/node_modules/lodash/package.json',
        '  layer: sha256:01',
        '  affected by a notice, which is no vulnerability: fixed in 4.17.21',
      ],
    ],
  ])('%s', (_, more, expected) => {
    const shown = renderText({ ...explanation, packages: [{ ...lodash, ...more }] }).split('\n');
    expect(
      shown.slice(
        3,
        shown.findIndex((line) => line.startsWith('  because')),
      ),
    ).toEqual(expected);
  });
});

test('another source and notes are shown', () => {
  const source = { name: 'openssl', version: '3.0' };
  const text = renderText({ ...explanation, packages: [{ ...tar, source, notes: ['reduced certainty'] }] });
  expect(text).toContain('(debian:12, amd64, source openssl 3.0)');
  expect(text).toContain('\n  note: reduced certainty\n');
});

test('a package without advisories names feeds and ages', () => {
  expect(renderText({ ...explanation, packages: [] })).toBe(
    'CVE-2022-48303 is known, but no advisory about it names a package of this image: debian-security-tracker (data of 2025-11-20T06:00:00Z)\n',
  );
  expect(renderText({ ...explanation, packages: [], feeds: [] })).toContain('nothing is known of CVE-2022-48303');
});

test('incomplete coverage is reported, whatever was found', () => {
  const incomplete = ['packages that no detector reads: maven (7 files)', 'no advisory data for alpine:v3.99'];
  for (const packages of [[], [tar]]) {
    expect(
      renderText({ ...explanation, packages, incomplete })
        .split('\n')
        .slice(-4),
    ).toEqual([
      'Whether CVE-2022-48303 is elsewhere in this image is not known:',
      '  ! packages that no detector reads: maven (7 files)',
      '  ! no advisory data for alpine:v3.99',
      '',
    ]);
  }
});
