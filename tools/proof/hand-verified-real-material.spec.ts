import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { localDetectorClient } from '@clarion/detector-client';
import { featureDetectors } from '@clarion/feature-detectors';
import { feedSources } from '@clarion/feed-sources';
import { directoryUpstream } from '@clarion/feed-upstreams';
import { updateFeed } from '@clarion/feed-updating';
import { indexImage } from '@clarion/layer-indexing';
import { openImage } from '@clarion/layer-sources';
import { explainVulnerability, makeReport, type ExplainedPackage, type ExplainedAdvisory } from '@clarion/reporting';
import { enabledDetectors, type EffectiveImage, type Report, type Store, type Upstream } from '@clarion/model';
import { namespaceDetectors } from '@clarion/namespace-detectors';
import { openEmbeddedStore } from '@clarion/store-embedded';
import { sharedMaterial } from '@clarion/test-kit';

/** One line of a table in `hand-verified`, whose readme describes the columns. */
interface Case {
  readonly image: string;
  readonly name: string;
  readonly version: string;
  readonly vulnerability: string;
  readonly expected: string;
}

function casesOf(table: string): readonly Case[] {
  const text = readFileSync(path.join(__dirname, 'hand-verified', `${table}.tsv`), 'utf8');
  const [, ...lines] = text.trimEnd().split('\n');
  return lines.map((line) => {
    const [image = '', name = '', version = '', vulnerability = '', expected = ''] = line.split('\t');
    return { image, name, version, vulnerability, expected };
  });
}

const isAffected = ({ expected }: Case): boolean => !/^(not affected|no finding): /.test(expected);

/** Which check of its scope every advisory about the package fails. */
const failed = (member: string) => (one: ExplainedAdvisory) =>
  one.scope.some((check) => check.member === member && !check.passed);
const unaffectedBy = (applies: (one: ExplainedAdvisory) => boolean) => (one: ExplainedPackage | undefined) =>
  one?.decision === 'unaffected' && one.advisories.every(applies);
const hasComparison = (pattern: RegExp) => (one: ExplainedAdvisory) => pattern.test(one.comparison ?? '');

/** The required explanation of a package without a finding, by the reason in the table. */
const reasons: ReadonlyMap<string, (one: ExplainedPackage | undefined) => boolean> = new Map([
  ['not affected: has the fix', (one) => one?.decision === 'cleared'],
  ['not affected: its vendor says so', (one) => one?.decision === 'suppressed'],
  ['not affected: another stream', unaffectedBy(failed('module'))],
  ['not affected: another version', unaffectedBy(hasComparison(/ > /))],
  ['not affected: rejected', (one) => one === undefined],
  ['no finding: another channel', unaffectedBy((one) => failed('channel')(one) || failed('origin')(one))],
  ['no finding: another product', unaffectedBy(failed('cpes'))],
  ['no finding: nothing is said', (one) => one === undefined],
]);

const material = sharedMaterial('feeds');
const databases = sharedMaterial('conformance/packagedb');
const haveXz = spawnSync('xz', ['--version']).status === 0;
const tools = path.join(__dirname, '../feeds');

const feed = (name: string): string => path.join(material ?? '', name);
const database = (name: string): string => path.join(databases ?? '', name);

function unpacked(...parts: readonly string[]): Buffer {
  const input = Buffer.concat(parts.map((part) => readFileSync(database(part))));
  return execFileSync('xz', ['-dc'], { input, maxBuffer: 1 << 28 });
}

type Files = Readonly<Record<string, string | Buffer>>;

const redHat = (release: string, packages: Buffer): Files => ({
  'etc/redhat-release': release,
  'var/lib/rpm/Packages': packages,
});
const centos = (major: number): Files =>
  redHat(`CentOS release ${major}.1 (Final)\n`, unpacked(`rpm/bdb/centos${major}-plain.Packages.xz`));
const suse = (id: string, version: string, more: Files = {}): Files => ({
  'etc/os-release': `ID="${id}"\nVERSION_ID="${version}"\n`,
  'usr/lib/sysimage/rpm/Packages.db': unpacked('rpm/ndb/sle15-bci.Packages.db.xz'),
  ...more,
});
const ltss: Files = {
  'etc/products.d/SLES-LTSS.prod': '<product><name>SLES-LTSS</name><version>15</version></product>\n',
};
const azure = (id: string, version: string): Files => ({
  'etc/os-release': `ID=${id}\nVERSION_ID="${version}"\n`,
  'var/lib/rpm/rpmdb.sqlite': unpacked('rpm/sqlite/cbl-mariner-2.0.rpmdb.sqlite.xz'),
});
const debian = (suite: string): Files => ({
  'etc/os-release': readFileSync(database(`dpkg/debootstrap-${suite}.os-release`)),
  'var/lib/dpkg/status': readFileSync(database(`dpkg/debootstrap-${suite}.status`)),
});

/** An image archive, or the files of a root filesystem. */
const images: ReadonlyMap<string, () => string | Files> = new Map<string, () => string | Files>([
  ['centos-6', () => centos(6)],
  ['centos-7', () => centos(7)],
  [
    'centos-8',
    () =>
      redHat(
        'CentOS Linux release 8.2.2004 (Core)\n',
        unpacked(...[0, 1].map((part) => `rpm/bdb/centos8-modularitylabel.Packages.xz.part${part}`)),
      ),
  ],
  ['sles-12.5', () => suse('sles', '12.5')],
  ['sles-15.2-ltss', () => suse('sles', '15.2', ltss)],
  ['sles-15.3', () => suse('sles', '15.3')],
  ['sles-15.3-ltss', () => suse('sles', '15.3', ltss)],
  ['sles-15.4', () => suse('sles', '15.4')],
  ['sles-15.5', () => suse('sles', '15.5')],
  ['sles-15.6', () => suse('sles', '15.6')],
  ['sle-micro-5.5', () => suse('sle-micro', '5.5')],
  ['mariner-1.0', () => azure('mariner', '1.0')],
  ['mariner-2.0', () => azure('mariner', '2.0')],
  ['azurelinux-3.0', () => azure('azurelinux', '3.0')],
  ['alpine-3.10', () => database('images/alpine-3.10.tar.gz')],
  ['alpine-3.11', () => database('images/alpine-3.11.tar.gz')],
  ['alpine-3.14', () => database('images/alpine-containerd-oci.tar')],
  ['debian-11', () => debian('bullseye')],
  ['debian-12', () => debian('bookworm')],
  ['debian-13', () => debian('trixie')],
  ['debian-sid', () => debian('sid')],
]);

/**
 * The stored data API: one CVE per line. Served from memory, so that 36,000 files need not be written, and without the
 * third that names none of the releases below.
 */
function securityData(file: string): Upstream {
  const documents = new Map<string, string>();
  const rows: { CVE: string; public_date: string }[] = [];
  const lines = gunzipSync(readFileSync(file)).toString().trimEnd().split('\n');
  for (const line of lines.filter((text) => /:enterprise_linux:[678]\b/.test(text))) {
    const { name, public_date } = JSON.parse(line) as { name: string; public_date: string };
    documents.set(`cve/${name}.json`, line);
    rows.push({ CVE: name, public_date });
  }
  for (let page = 0; page * 1000 < rows.length; page++) {
    documents.set(`list/${page + 1}.json`, JSON.stringify(rows.slice(page * 1000, (page + 1) * 1000)));
  }
  return {
    list: () => Promise.resolve([]),
    get: (name) => {
      const text = documents.get(name);
      if (text === undefined) return Promise.resolve({ kind: 'missing' });
      const body = (async function* () {
        yield await Promise.resolve(Buffer.from(text));
      })();
      return Promise.resolve({ kind: 'content', body, validators: {} });
    },
  };
}

function suseArchive(folder: string): Upstream {
  execFileSync(process.execPath, [
    path.join(tools, 'suse-osv-to-archive.mjs'),
    feed('suse/osv-2024-2025.ndjson.gz'),
    folder,
  ]);
  return directoryUpstream(folder);
}

function debianTracker(folder: string): Upstream {
  mkdirSync(folder, { recursive: true });
  const file = 'debian/DERIVED-security-tracker-from-osv-2025-02-12.json.gz';
  copyFileSync(feed(file), path.join(folder, 'json.gz'));
  return directoryUpstream(folder);
}

interface Scanned {
  readonly image: EffectiveImage;
  readonly report: Report;
}

/** Findings in the images above with all data of one feed. */
interface Findings {
  readonly store: Store;
  /** Scans an image, once. */
  in(name: string): Promise<Scanned>;
  close(): Promise<void>;
}

async function findingsBy(id: string, upstreamIn: (folder: string) => Upstream): Promise<Findings> {
  const folder = mkdtempSync(path.join(tmpdir(), 'clarion-hand-verified-'));
  const store = await openEmbeddedStore({ directory: path.join(folder, 'store') });
  const source = feedSources.find((one) => one.id === id);
  if (source === undefined) throw new Error(`There is no feed ${id}`);
  const upstream = upstreamIn(path.join(folder, 'feed'));
  for await (const event of updateFeed(source, { upstream, store, now: () => new Date() })) {
    if (event.kind === 'finished') expect(event.result).toBe('changed');
  }
  const scans = new Map<string, Promise<Scanned>>();
  return {
    store,
    in: (name) => {
      const known = scans.get(name) ?? scan(referenceTo(name, folder), store);
      scans.set(name, known);
      return known;
    },
    close: async () => {
      await store.close();
      rmSync(folder, { recursive: true });
    },
  };
}

function referenceTo(name: string, folder: string): string {
  const made = images.get(name)?.();
  if (made === undefined) throw new Error(`There is no image ${name}`);
  if (typeof made === 'string') return made;
  const root = path.join(folder, name);
  for (const [file, content] of Object.entries(made)) {
    mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
    writeFileSync(path.join(root, file), content);
  }
  return `dir:${root}`;
}

/** Also those that are off unless switched on. */
const feeds = feedSources.map((source) => ({ ...source, enabled: true }));

async function scan(reference: string, store: Store): Promise<Scanned> {
  const opened = await openImage(reference);
  const detectors = localDetectorClient([...enabledDetectors(featureDetectors), ...namespaceDetectors]);
  try {
    for await (const event of indexImage(opened, { layers: store, detectors })) {
      if (event.kind !== 'image.assembled') continue;
      const options = { feeds, now: new Date(), clarionVersion: '0.0.0' };
      return { image: event.image, report: await makeReport(event.image, store, options) };
    }
  } finally {
    await opened.close();
  }
  throw new Error(`${reference} was not indexed`);
}

const distributions: readonly (readonly [table: string, feed: string, upstreamIn: (folder: string) => Upstream])[] = [
  ['centos', 'redhat-security-data', () => securityData(feed('redhat/securitydata-cve-2025-02-15.ndjson.gz'))],
  ['sles', 'suse', suseArchive],
  ['mariner', 'azure-linux', () => directoryUpstream(feed('azurelinux'))],
  ['alpine', 'alpine-secdb', () => directoryUpstream(feed('alpine/secdb'))],
  ['debian', 'debian-security-tracker', debianTracker],
];

describe.each(distributions)('hand-verified cases of %s', (table, id, upstreamIn) => {
  const cases = casesOf(table);

  test('are many, of both kinds, and each is another one', () => {
    const unaffected = cases.filter((one) => !isAffected(one));
    expect(cases.length).toBeGreaterThanOrEqual(20);
    // A missing entry is not evidence, and does not count.
    expect(unaffected.filter(({ expected }) => expected.startsWith('not affected')).length).toBeGreaterThanOrEqual(7);
    expect(cases.length - unaffected.length).toBeGreaterThanOrEqual(7);
    expect(unaffected.map(({ expected }) => expected).filter((expected) => !reasons.has(expected))).toEqual([]);
    expect(new Set(cases.map((one) => `${one.image} ${one.name} ${one.vulnerability}`)).size).toBe(cases.length);
  });

  if (material === undefined || databases === undefined || !haveXz) {
    it.skip('skipped: the shared test material or xz is missing', () => undefined);
    return;
  }

  let findings: Findings;
  beforeAll(async () => {
    findings = await findingsBy(id, upstreamIn);
  }, 600_000);
  afterAll(() => findings.close());

  test.each(cases)('$image: $name $version, $vulnerability: $expected', async (one) => {
    const { image, report } = await findings.in(one.image);
    const installed = image.features.filter(({ name, version }) => name === one.name && version === one.version);
    expect(installed).toHaveLength(1);
    const found = report.findings
      .filter(({ id: flaw, aliases }) => [flaw, ...aliases].includes(one.vulnerability))
      .filter(({ package: of }) => of.name === one.name && of.version === one.version)
      .map(({ state, fixedIn }) => `${state} ${fixedIn ?? ''}`.trim());
    expect(found).toEqual(isAffected(one) ? [one.expected] : []);
    if (!isAffected(one)) {
      const { packages } = await explainVulnerability(image, findings.store, { id: one.vulnerability, feeds });
      const explained = packages.find(({ name, version }) => name === one.name && version === one.version);
      if (reasons.get(one.expected)?.(explained) !== true) throw new Error(`not so: ${JSON.stringify(explained)}`);
    }
  });
});
