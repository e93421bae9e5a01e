import { feedSources } from '@clarion/feed-sources';
import type { Advisory, Report, Store } from '@clarion/model';
import { buildImage, type BuiltImage, file } from '@clarion/test-kit';
import { archiveOf, stateDebian, startInstallation, type TestInstallation, reportText } from '../testing/installation';

// A package of Python in a file of Debian: report, counts and searches decide alike by Debian's advisories.

const cve = 'CVE-2023-43804';
const metadata = 'usr/lib/python3/dist-packages/urllib3-1.26.12.egg-info';

/** Debian 12 with urllib3 of its own; `more` is in a layer above. */
function imageWith(...more: readonly ReturnType<typeof file>[]): BuiltImage {
  const status = [
    ...['Package: python3-urllib3', 'Status: install ok installed', 'Architecture: all'],
    ...['Version: 1.26.12-1+deb12u1', 'Source: python-urllib3', 'Maintainer: Debian <team@tracker.debian.org>', ''],
  ];
  const base = [
    file('etc/os-release', 'ID=debian\nVERSION_ID="12"\n'),
    file('var/lib/dpkg/status', status.join('\n')),
    file('var/lib/dpkg/info/python3-urllib3.list', `/${metadata}\n/${metadata}/PKG-INFO\n`),
    file(`${metadata}/PKG-INFO`, 'Metadata-Version: 2.1\nName: urllib3\nVersion: 1.26.12\n'),
  ];
  return buildImage({ layers: [base, [file('app', String(more.length)), ...more]], compression: 'gzip' });
}

const own = 'usr/local/lib/python3.11/site-packages/urllib3-1.26.12.dist-info/METADATA';
const ofDebian = imageWith();
const beside = imageWith(file(own, 'Metadata-Version: 2.1\nName: urllib3\nVersion: 1.26.12\n'));

async function statePypi(store: Store, advisories: readonly Advisory[]): Promise<void> {
  const writer = await store.writeFeed('osv');
  const group = { namespace: 'pypi', package: 'urllib3', feed: 'osv', document: 'PyPI/all.zip' };
  await writer.put({ ...group, nameKind: 'binary', scheme: 'pep440', advisories }, JSON.stringify(advisories));
  const at = new Date().toISOString();
  await writer.commit({
    ...{ feed: 'osv', parserVersion: 1, lastAttempt: at, lastSuccess: at, lastChange: at },
    documents: { 'PyPI/all.zip': { validators: {}, groups: 1, namespaces: ['pypi'] } },
    ...{ groups: 1, statements: 1, problems: 0, problemSamples: [] },
  });
}

interface Case {
  readonly debian: readonly Advisory[];
  readonly image: BuiltImage;
  /** Names and paths of packages with the flaw. */
  readonly reported: readonly string[];
  readonly suppressed: readonly string[];
}

const distribution = ['pypi urllib3: owned by python3-urllib3'];
const cases: readonly (readonly [string, Case])[] = [
  [
    'Debian has fixed',
    {
      debian: [{ id: cve, state: 'fixed', ranges: [{ fixed: '1.26.12-1+deb12u1' }], severity: 'High' }],
      ...{ image: ofDebian, reported: [], suppressed: distribution },
    },
  ],
  [
    'Debian has, too',
    {
      debian: [{ id: cve, state: 'affected', severity: 'High' }],
      ...{ image: ofDebian, reported: ['debian:12 python3-urllib3 var/lib/dpkg/status'], suppressed: distribution },
    },
  ],
  [
    'Debian has fixed, and the application brings',
    {
      debian: [{ id: cve, state: 'fixed', ranges: [{ fixed: '1.26.12-1' }], severity: 'High' }],
      ...{ image: beside, reported: [`pypi urllib3 ${own}`], suppressed: distribution },
    },
  ],
];

describe('a flaw that', () => {
  let here: TestInstallation;
  beforeEach(async () => {
    const feeds = feedSources.filter(({ id }) => id === 'debian-security-tracker' || id === 'osv');
    here = await startInstallation({ feeds });
    await statePypi(here.store, [{ id: cve, state: 'fixed', ranges: [{ fixed: '1.26.17' }], severity: 'High' }]);
  });
  afterEach(() => here.close());

  it.each(cases)('%s', async (_, { debian, image, reported, suppressed }) => {
    await stateDebian(here.store, { 'python-urllib3': debian });
    const { images } = here.useCases;
    await images.upload(archiveOf(image), {});
    const read = async (showSuppressed: boolean): Promise<Report> =>
      JSON.parse(await reportText(await images.report(image.manifestDigest, { showSuppressed }))) as Report;
    const report = await read(true);
    expect(report.findings.map(({ package: of }) => `${of.namespace} ${of.name} ${of.path}`)).toEqual(reported);
    expect(
      report.suppressed.list?.map(
        ({ package: of, suppressedBy: { reason } }) => `${of.namespace} ${of.name}: ${reason.split(':', 1)[0]}`,
      ),
    ).toEqual(suppressed);
    const { list: _list, ...counted } = report.suppressed;
    expect((await read(false)).suppressed).toEqual(counted);
    expect((await images.get(image.manifestDigest)).severities).toMatchObject({ High: reported.length });
    const found = await images.list({ by: 'vulnerability', vulnerability: cve }, { limit: 10 });
    expect(found.items).toHaveLength(reported.length === 0 ? 0 : 1);
  });
});
