import { feedSources } from '@clarion/feed-sources';
import type { Advisory, FeedSource, FeedState, Report, Store } from '@clarion/model';
import { buildImage, type BuiltImage, file, type TarEntry } from '@clarion/test-kit';
import {
  archiveOf,
  debianImage,
  type TestInstallation,
  openssl,
  startInstallation,
  stateDebian,
  reportText,
} from '../testing/installation';
import type { ImageSearch } from './use-cases';

// Lists and searches report the same gaps of an image as its report.

const unread = file('opt/app/lib/Main.class', 'PK\x03\x04');
const release = (id: string, version: string): TarEntry =>
  file('etc/os-release', `ID=${id}\nVERSION_ID="${version}"\n`);
const status = (text: string): TarEntry => file('var/lib/dpkg/status', text);
const installed = (name: string, version: string): string =>
  `Package: ${name}\nStatus: install ok installed\nArchitecture: amd64\nVersion: ${version}\n`;
const imageOf = (...files: readonly TarEntry[]): BuiltImage => buildImage({ layers: [files], compression: 'gzip' });
const debian = (...more: readonly TarEntry[]): BuiltImage =>
  imageOf(release('debian', '12'), status(installed('openssl', '3.0.11-1')), ...more);

const ofR = file('usr/lib/R/site-library/a/DESCRIPTION', 'Package: a\nVersion: 1\nBuilt: R 4.2.2; ; ; unix\n');
const listOfR = file(
  'var/lib/dpkg/info/openssl.list',
  '/usr/lib/R/site-library/a\n/usr/lib/R/site-library/a/DESCRIPTION\n',
);

const zeros = { Critical: 0, High: 0, Medium: 0, Low: 0, Negligible: 0, Unknown: 0 };
const medium = { ...zeros, Medium: 1 };
const unknown = { ...zeros, Unknown: 1 };
const fixed = openssl('3.0.11-1');
const found = openssl('3.0.13-1');
const { severity: _, ...unrated } = found;
const open: Advisory = { ...openssl('3.0.13-1 or later'), ranges: [{ fixed: '3.0.11-1 or later' }] };

/** The tracker, and what else a case needs. */
const feedsOf = (...ids: readonly string[]): readonly FeedSource[] =>
  feedSources.filter(({ id }) => id === 'debian-security-tracker' || ids.includes(id));
const tracker = 'debian-security-tracker';

/** What is stored of a feed. */
async function load(store: Store, feed: string, more: Partial<FeedState> = {}): Promise<void> {
  const writer = await store.writeFeed(feed);
  const at = new Date().toISOString();
  await writer.commit({
    ...{ feed, parserVersion: 1, documents: {}, lastAttempt: at, lastSuccess: at, lastChange: at },
    ...{ groups: 1, statements: 0, problems: 0, problemSamples: [], ...more },
  });
}

interface Case {
  readonly image: BuiltImage;
  readonly says: readonly Advisory[];
  readonly feeds?: readonly FeedSource[];
  readonly more?: (store: Store) => Promise<void>;
  /** How many days later. */
  readonly days?: number;
}

describe('an image whose report is not complete', () => {
  const cases: readonly (readonly [what: string, of: Case, incomplete: readonly string[], counts: object | null])[] = [
    ['nothing', { image: debian(), says: [fixed] }, [], zeros],
    ['nothing that was found', { image: debian(), says: [found] }, [], medium],
    [
      'a release that no data is about',
      { image: imageOf(release('debian', '11'), status(installed('openssl', '1.1-1'))), says: [fixed] },
      ['no-data'],
      null,
    ],
    [
      'a distribution of which no feed speaks',
      { image: imageOf(release('rocky', '9'), unread), says: [fixed] },
      ['not-covered', 'no-packages', 'not-read'],
      null,
    ],
    [
      'packages of no known distribution',
      { image: imageOf(status(installed('openssl', '3.0.11-1'))), says: [fixed] },
      ['unknown-distribution'],
      null,
    ],
    ['an image without packages', { image: imageOf(release('debian', '12')), says: [fixed] }, ['no-packages'], null],
    ['an ecosystem that no detector reads', { image: debian(unread), says: [fixed] }, ['not-read'], null],
    ['that beside what was found', { image: debian(unread), says: [found] }, ['not-read'], medium],
    [
      'a database that cannot be read',
      {
        image: imageOf(release('debian', '12'), status(`${installed('openssl', '3.0.11-1')}\n\x00\xff`)),
        says: [fixed],
      },
      ['problems'],
      null,
    ],
    ['an advisory that cannot be compared', { image: debian(), says: [open] }, ['undetermined'], null],
    [
      'that beside what was found',
      { image: debian(), says: [open, { ...found, id: 'CVE-2023-1' }] },
      ['undetermined'],
      medium,
    ],
    ['a package of a language that no feed is about', { image: debian(ofR), says: [found] }, ['not-covered'], medium],
    ['the same of the distribution', { image: debian(ofR, listOfR), says: [fixed] }, [], zeros],
    ['old data', { image: debian(), says: [fixed], days: 8 }, ['stale'], zeros],
    [
      'a document that its feed lacks',
      {
        image: debian(),
        says: [found],
        more: (store) =>
          load(store, tracker, {
            missing: [{ name: 'more.json', namespaces: ['debian:*'] }],
            documents: { json: { validators: {}, groups: 1, namespaces: ['debian:12'] } },
          }),
      },
      ['partial'],
      medium,
    ],
  ];
  const running: TestInstallation[] = [];
  afterEach(async () => {
    for (const one of running.splice(0)) await one.close();
  });

  const start = async ({ image, says, feeds = feedsOf(), more, days = 0 }: Case): Promise<TestInstallation> => {
    const now = (): Date => new Date(Date.now() + days * 24 * 60 * 60 * 1000);
    const here = await startInstallation({ feeds, now });
    running.push(here);
    await stateDebian(here.store, { openssl: says });
    await more?.(here.store);
    await here.useCases.images.upload(archiveOf(image), {});
    return here;
  };

  it.each(cases)('reports %s', async (_what, of, incomplete, severities) => {
    const { useCases } = await start(of);
    const { manifestDigest } = of.image;
    const view = await useCases.images.get(manifestDigest);
    const [severitiesMissing = null] = severities === null ? incomplete : [];
    expect(view).toMatchObject({ state: 'indexed', incomplete, severities, severitiesMissing });
    const text = await reportText(await useCases.images.report(manifestDigest));
    expect((JSON.parse(text) as Report).coverage.complete).toBe(incomplete.length === 0);
    // Known results are kept when the same image is submitted again.
    await useCases.images.upload(archiveOf(of.image), {});
    expect(await useCases.images.get(manifestDigest)).toMatchObject({ incomplete });
  });

  const nvd2023 = { name: 'nvdcve-2.0-2023.json', ids: ['CVE-2023-'] };
  const nvd2022 = { name: 'nvdcve-2.0-2022.json', ids: ['CVE-2022-'] };
  const nvd = feedSources.find(({ id }) => id === 'nvd')!;
  it.each<[what: string, of: Partial<Case>, incomplete: readonly string[], counts: object | null]>([
    ['was never loaded', { feeds: feedsOf('nvd') }, ['not-rated'], null],
    ['is off', { feeds: [...feedsOf(), { ...nvd, enabled: false }] }, ['not-rated'], unknown],
    [
      'lacks its year',
      { feeds: feedsOf('nvd'), more: (store) => load(store, 'nvd', { missing: [nvd2022, nvd2023] }) },
      ['not-rated'],
      null,
    ],
    [
      'lacks another year',
      { feeds: feedsOf('nvd'), more: (store) => load(store, 'nvd', { missing: [nvd2022] }) },
      [],
      unknown,
    ],
    ['was loaded', { feeds: feedsOf('nvd'), more: (store) => load(store, 'nvd') }, [], unknown],
  ])('reports that the findings have no rating while NVD %s', async (_what, of, incomplete, severities) => {
    const here = await start({ image: debian(), says: [unrated], ...of });
    const { items, undecided } = await here.useCases.images.list({ by: 'severity', severity: 'High' }, { limit: 9 });
    const images = incomplete.length;
    expect([items, undecided]).toEqual([[], { images, reasons: images === 0 ? {} : { 'not-rated': 1 }, of: 1 }]);
    expect(await here.useCases.images.get(debian().manifestDigest)).toMatchObject({ incomplete, severities });
  });

  it('is not one for what was written here long ago', async () => {
    const of = { image: debian(), says: [fixed] };
    const own = { affected: [{ package: { name: 'openssl' }, versions: ['3.0.11-1'] }] };
    let days = 0;
    const now = (): Date => new Date(Date.now() + days * 24 * 60 * 60 * 1000);
    const here = await startInstallation({ now });
    running.push(here);
    await here.useCases.vulnerabilities.putOwn({ namespace: 'debian:12', id: 'ACME-1' }, own);
    days = 30;
    await stateDebian(here.store, { openssl: [fixed] });
    await load(here.store, tracker, {
      ...{ lastSuccess: now().toISOString() },
      documents: { json: { validators: {}, groups: 1, namespaces: ['debian:12'] } },
    });
    await here.useCases.images.upload(archiveOf(of.image), {});
    expect(await here.useCases.images.get(of.image.manifestDigest)).toMatchObject({ incomplete: [] });
    const text = await reportText(await here.useCases.images.report(of.image.manifestDigest));
    expect((JSON.parse(text) as Report).coverage).toMatchObject({ complete: true });
  });
});

describe('a search', () => {
  let here: TestInstallation;
  const plain = debianImage(['openssl=3.0.11-1'], 'plain');
  const bullseye = imageOf(release('debian', '11'), status(installed('openssl', '1.1-1')));
  const unreadImage = debian(unread);
  beforeAll(async () => {
    here = await startInstallation();
    await stateDebian(here.store, { openssl: [found] });
    for (const image of [plain, bullseye, unreadImage]) await here.useCases.images.upload(archiveOf(image), {});
  });
  afterAll(() => here.close());

  it.each<[search: ImageSearch, found: number, reasons: object]>([
    // Jars may hold it; for Debian 11 there is no data.
    [{ by: 'vulnerability', vulnerability: 'CVE-2021-44228' }, 0, { 'no-data': 1, 'not-read': 1 }],
    // The image with unreadImage is found.
    [{ by: 'vulnerability', vulnerability: found.id }, 2, { 'no-data': 1 }],
    [{ by: 'package', package: 'log4j-core' }, 0, { 'not-read': 1 }],
    [{ by: 'package', package: 'openssl' }, 3, {}],
    [{ by: 'severity', severity: 'Medium' }, 2, { 'no-data': 1 }],
    [{ by: 'severity', severity: 'High' }, 0, { 'no-data': 1, 'not-read': 1 }],
  ])('reports how many images it cannot decide on: %j', async (search, count, reasons) => {
    const images = Object.keys(reasons).length;
    const { items, undecided } = await here.useCases.images.list(search, { limit: 10 });
    expect(items).toHaveLength(count);
    expect(undecided).toEqual({ images, reasons, of: 3 });
    // The images of later pages are found, too.
    const first = await here.useCases.images.list(search, { limit: 1 });
    expect(first.undecided).toEqual(undecided);
  });
});
