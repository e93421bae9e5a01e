import { localDetectorClient } from '@clarion/detector-client';
import { feedSources } from '@clarion/feed-sources';
import type { Detector, Store } from '@clarion/model';
import { namespaceDetectors } from '@clarion/namespace-detectors';
import { recountCompositions } from '@clarion/notifying';
import { buildImage, file } from '@clarion/test-kit';
import { archiveOf, startInstallation, type TestInstallation, reportText } from '../testing/installation';
import type { ImageSearch } from './use-cases';

const python: Detector = {
  id: 'python',
  kind: 'feature',
  version: 1,
  title: 'Python packages',
  files: { paths: ['app/*.dist-info'], maxBytes: 1000 },
  detect: (files) => ({
    features: files.map(({ path }) => ({ type: 'pypi', name: 'Flask_Login', version: '0.1', path })),
  }),
};
const osv = feedSources.find(({ id }) => id === 'osv')!;
const cve = 'CVE-2023-5678';

/** One advisory, as a complete update of OSV's export would store it. */
async function stateFlask(store: Store): Promise<void> {
  const writer = await store.writeFeed('osv');
  const document = 'PyPI/all.zip';
  const group = { namespace: 'pypi', package: 'flask-login', feed: 'osv', document, scheme: 'pep440' };
  const advisories = [{ id: cve, state: 'fixed' as const, ranges: [{ fixed: '0.2' }], severity: 'Medium' as const }];
  await writer.put({ ...group, nameKind: 'binary', advisories }, 'one');
  const at = new Date().toISOString();
  await writer.commit({
    ...{ feed: 'osv', parserVersion: 1, lastAttempt: at, lastSuccess: at, lastChange: at },
    documents: { [document]: { validators: {}, groups: 1, namespaces: ['pypi'] } },
    ...{ groups: 1, statements: 1, problems: 0, problemSamples: [] },
  });
}

describe('an image without a distribution, with packages of a language', () => {
  let here: TestInstallation;
  let digest: string;
  beforeAll(async () => {
    const detectors = localDetectorClient([...namespaceDetectors, python]);
    here = await startInstallation({ detectors, feeds: [osv] });
    const image = buildImage({ layers: [[file('app/flask.dist-info', '0.1')]] });
    ({ digest } = await here.useCases.images.upload(archiveOf(image), {}));
  });
  afterAll(() => here.close());

  it('has neither counts nor a report before the feed of the language was loaded', async () => {
    expect(await here.useCases.images.get(digest)).toMatchObject({
      severities: null,
      totals: null,
      severitiesMissing: 'no-data',
    });
    await expect(here.useCases.images.report(digest, {})).rejects.toMatchObject({ code: 'no-data' });
  });

  it('is counted after its first load, and found', async () => {
    await stateFlask(here.store);
    const options = { feeds: [osv], now: new Date(), maxFeedAgeMinutes: 10_080, clarionVersion: '1' };
    await recountCompositions([osv], { store: here.store, options });
    const image = await here.useCases.images.get(digest);
    expect(image).toMatchObject({ severities: { Medium: 1 }, severitiesMissing: null, incomplete: [] });
    expect(image).toMatchObject({
      totals: { uniqueVulnerabilities: 1, occurrences: 1 },
      countedApart: { malicious: 0, informational: 0, otherArchitecture: 0 },
    });
    const searches: readonly ImageSearch[] = [
      ...['flask-login', 'Flask.Login'].map((name) => ({ by: 'package' as const, package: name })),
      { by: 'vulnerability', vulnerability: cve },
    ];
    for (const search of searches) {
      const { items } = await here.useCases.images.list(search, { limit: 10 });
      expect(items.map((item) => item.digest)).toEqual([digest]);
    }
  });

  it('has its name as written in reports, and advisories are found by any spelling', async () => {
    const text = await reportText(await here.useCases.images.report(digest, {}));
    expect(JSON.parse(text)).toMatchObject({
      findings: [{ id: cve, fixedIn: '0.2', package: { name: 'Flask_Login', namespace: 'pypi' } }],
      coverage: { namespaces: [{ id: 'pypi', feeds: ['osv'] }], uncovered: [], complete: true },
    });
    const name = { package: 'Flask_Login', namespace: 'pypi' };
    const { vulnerabilities } = here.useCases;
    expect((await vulnerabilities.get(cve, name, { limit: 10 })).advisories).toHaveLength(1);
    expect((await vulnerabilities.list(name, { limit: 10 })).items.map(({ id }) => id)).toEqual([cve]);
  });
});
