import type { Advisory } from '@clarion/model';
import { apk, deb, fixed, group, secdb } from '@clarion/test-kit/match-facts';
import { reportOf } from '../../testing/reports';

const openssl = { name: 'openssl', version: '3.0.11-1~deb12u2' };
const libssl3 = deb('libssl3', '3.0.11-1~deb12u2', { source: openssl });
const cve = 'CVE-2023-5678';
const open = (state: Advisory['state'], more: Partial<Advisory> = {}): Advisory => ({ id: cve, state, ...more });

describe('what a finding contains', () => {
  test('rule 27: an Alpine finding has the severity that a feed gives the vulnerability', async () => {
    const texts = [
      { feed: 'zzz', id: cve, severity: 'Low' as const },
      { feed: 'nvd', id: cve, severity: 'High' as const, description: 'Checking long DH keys is slow' },
    ];
    const { findings } = await reportOf([apk('openssl', '3.1.0-r0')], [secdb('openssl', [fixed(cve, '3.1.4-r1')])], {
      texts,
    });
    expect(findings).toMatchObject([
      { severity: 'High', severitySource: 'nvd', description: 'Checking long DH keys is slow' },
    ]);
  });

  const nvd = { feed: 'nvd', id: cve, severity: 'Critical' as const };
  test.each([
    ['the vendor is believed before NVD', [open('affected', { severity: 'Low' })], 'Low', 'debian-security-tracker'],
    ['unknown counts as silence', [open('affected', { severity: 'Unknown' })], 'Critical', 'nvd'],
    [
      'the more severe of two words',
      [open('affected', { severity: 'Low' }), open('affected', { severity: 'High' })],
      'High',
      'debian-security-tracker',
    ],
    [
      'a channel that decides nothing has no say',
      [open('affected'), open('affected', { severity: 'Low', scope: { channel: 'elts' } })],
      'Critical',
      'nvd',
    ],
  ] as const)('%s', async (_, advisories, severity, severitySource) => {
    const { findings } = await reportOf([libssl3], [group('openssl', advisories)], { texts: [nvd] });
    expect(findings).toMatchObject([{ severity, severitySource }]);
  });

  test('no feed gives a severity', async () => {
    const { findings } = await reportOf([libssl3], [group('openssl', [open('affected')])]);
    expect(findings).toMatchObject([{ severity: 'Unknown', severitySource: null, description: null }]);
  });

  test('the description of the feed that made the advisory comes first', async () => {
    const texts = ['nvd', 'aaa', 'debian-security-tracker'].map((feed) => ({ feed, id: cve, description: feed }));
    const { findings } = await reportOf([libssl3], [group('openssl', [open('affected')])], { texts });
    expect(findings).toMatchObject([{ description: 'debian-security-tracker' }]);
  });

  test('links are derived, joined with those of feeds, and only web addresses', async () => {
    const stated = open('affected', { links: ['https://www.openssl.org/news/', 'javascript:alert(1)'] });
    const texts = [{ feed: 'nvd', id: cve, links: ['http://example.com/a', 'https://www.openssl.org/news/'] }];
    const { findings } = await reportOf([libssl3], [group('openssl', [stated])], { texts });
    expect(findings[0]?.links).toEqual([
      'http://example.com/a',
      `https://nvd.nist.gov/vuln/detail/${cve}`,
      `https://security-tracker.debian.org/tracker/${cve}`,
      'https://www.openssl.org/news/',
    ]);
  });

  const own = { feed: 'own-feed', feeds: [{ id: 'own-feed', namespaces: [], own: true, refreshMinutes: 60 }] } as const;
  test.each<[namespace: string, id: string, expected: readonly string[], setting?: Partial<typeof own>]>([
    [
      'alpine:v3.20',
      'CVE-2024-1000',
      ['https://nvd.nist.gov/vuln/detail/CVE-2024-1000', 'https://security.alpinelinux.org/vuln/CVE-2024-1000'],
    ],
    ['debian:12', 'GHSA-aaaa-bbbb-cccc', ['https://github.com/advisories/GHSA-aaaa-bbbb-cccc'], own],
    ['debian:12', 'ACME-1', [], own],
    ['go', 'GO-2024-2687', ['https://pkg.go.dev/vuln/GO-2024-2687']],
    ['crates.io', 'RUSTSEC-2021-0003', ['https://rustsec.org/advisories/RUSTSEC-2021-0003.html']],
    ['pypi', 'PYSEC-2021-1', ['https://osv.dev/vulnerability/PYSEC-2021-1']],
    ['debian:12', 'TEMP-0841856-B18BAF', ['https://security-tracker.debian.org/tracker/TEMP-0841856-B18BAF']],
    ['alpine:v3.20', 'CVE-????-?????', ['https://security.alpinelinux.org/vuln/CVE-%3F%3F%3F%3F-%3F%3F%3F%3F%3F']],
    ['rocky:9', 'CVE-2024-1000', ['https://nvd.nist.gov/vuln/detail/CVE-2024-1000']],
    ['ubuntu:24.04', 'USN-1-1', []],
  ])('links of %s for %s', async (namespace, id, expected, { feed = 'some-feed', feeds } = {}) => {
    const advisories = [group('openssl', [{ id, state: 'affected' }], { feed, namespace })];
    const options = feeds === undefined ? {} : { feeds };
    const { findings } = await reportOf([deb('openssl', '1', { namespace })], advisories, { options });
    expect(findings[0]?.links).toEqual(expected);
  });

  test.each([
    ['ubuntu:24.04', 'https://ubuntu.com/security/CVE-2024-1000'],
    ['rhel:9', 'https://access.redhat.com/security/cve/CVE-2024-1000'],
    ['oracle:9', 'https://linux.oracle.com/cve/CVE-2024-1000.html'],
    ['amzn:2023', 'https://explore.alas.aws.amazon.com/CVE-2024-1000.html'],
    ['sles:15.6', 'https://www.suse.com/security/cve/CVE-2024-1000.html'],
    ['opensuse-tumbleweed', 'https://www.suse.com/security/cve/CVE-2024-1000.html'],
    ['arch', 'https://security.archlinux.org/CVE-2024-1000'],
  ])('links to the page of %s', async (namespace, page) => {
    const advisories = [group('openssl', [{ id: 'CVE-2024-1000', state: 'affected' }], { namespace })];
    const { findings } = await reportOf([deb('openssl', '1', { namespace })], advisories);
    expect(findings[0]?.links).toEqual([page, 'https://nvd.nist.gov/vuln/detail/CVE-2024-1000'].sort());
  });

  test('rule 24: a third-party package of a known name is matched with reduced certainty', async () => {
    const nginx = deb('nginx', '1.25.3-1~bookworm', { vendor: 'NGINX Packaging <nginx-packaging@f5.com>' });
    const { findings, coverage } = await reportOf([nginx], [group('nginx', [fixed(cve, '1.26')])]);
    expect(findings[0]?.statements[0]?.reason).toBe(
      'reduced certainty: package is from nginx.org, not the distribution',
    );
    expect(coverage.uncovered).toMatchObject([{ package: 'nginx', namespace: 'debian:12' }]);
  });

  test('kernel headers are distinguished from kernels', async () => {
    const source = { name: 'linux', version: '6.1.55-1' };
    const features = ['linux-libc-dev', 'linux-image-6.1.0-13-amd64'].map((name) => deb(name, '6.1.55-1', { source }));
    const advisories = [group('linux', [open('affected', { reason: 'minor' })])];
    const { findings } = await reportOf(features, advisories);
    expect(findings.map((f) => [f.package.name, f.statements[0]?.reason])).toEqual([
      ['linux-image-6.1.0-13-amd64', 'minor'],
      ['linux-libc-dev', 'minor; kernel headers only'],
    ]);
  });
});
