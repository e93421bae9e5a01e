import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { localDetectorClient } from '@clarion/detector-client';
import { comparedName, ecosystemOf } from '@clarion/ecosystems';
import { featureDetectors } from '@clarion/feature-detectors';
import { feedSources } from '@clarion/feed-sources';
import { directoryUpstream } from '@clarion/feed-upstreams';
import { updateFeed } from '@clarion/feed-updating';
import { indexImage } from '@clarion/layer-indexing';
import { openImage } from '@clarion/layer-sources';
import { enabledDetectors, type EffectiveImage, type Finding, type Report, type Store } from '@clarion/model';
import { namespaceDetectors } from '@clarion/namespace-detectors';
import { explainVulnerability, makeReport, type ReportOptions } from '@clarion/reporting';
import { openEmbeddedStore } from '@clarion/store-embedded';
import { sharedMaterial } from '@clarion/test-kit';

// Images with packages of languages, and every record of OSV that is about one of these packages: what a report has to
// show, and what it must not. The lists come from native tools; neither they nor the feeds are part of this repository.

const languages = sharedMaterial('conformance', 'packagedb', 'languages');
const material = sharedMaterial('feeds');

/** Records about one flaw of a package: a finding for each CVE that they name. */
interface ExpectedMatch {
  readonly type: string;
  readonly name: string;
  readonly version: string;
  /** Ids of the findings. */
  readonly canonical: readonly string[];
  readonly records: readonly string[];
  readonly paths: readonly string[];
  /** `infer`: the package is known by indirect evidence; `suppressed`: a package of the distribution owns the file. */
  readonly expect: 'must' | 'infer' | 'suppressed';
  /** The package of the distribution that owns a suppressed one. */
  readonly owner?: string;
}

/** The levels at which govulncheck sees the records of Go in a program. */
interface ProgramSymbols {
  readonly path: string;
  readonly levels?: Readonly<Record<string, 'symbol' | 'package' | 'module'>>;
}

function readExpected(name: string): unknown {
  return JSON.parse(readFileSync(path.join(languages ?? '', 'expected', `${name}.json`), 'utf8'));
}

const ecosystems = ['Go', 'Maven', 'NuGet', 'Packagist', 'PyPI', 'RubyGems', 'crates.io', 'npm'];
/** The documents of each feed, as a mirror has them, and where they are. */
const documents: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  osv: Object.fromEntries(ecosystems.map((name) => [`${name}/all.zip`, `osv/${name}/all.zip`])),
  'go-vulndb': { 'vulndb.zip': 'osv/Go-vuln.go.dev-2026-08-21/all.zip' },
  'debian-security-tracker': { 'json.gz': 'debian/DERIVED-security-tracker-from-osv-2025-02-12.json.gz' },
};

async function loadFeeds(folder: string, store: Store): Promise<void> {
  for (const [id, files] of Object.entries(documents)) {
    for (const [name, from] of Object.entries(files)) {
      const to = path.join(folder, id, name);
      mkdirSync(path.dirname(to), { recursive: true });
      copyFileSync(path.join(material ?? '', from), to);
    }
    const source = feedSources.find((one) => one.id === id);
    if (source === undefined) throw new Error(`There is no feed ${id}`);
    const upstream = directoryUpstream(path.join(folder, id));
    for await (const event of updateFeed(source, { upstream, store, now: () => new Date() })) {
      if (event.kind === 'finished') expect(event.result).toBe('changed');
    }
  }
}

const options: ReportOptions = { feeds: feedSources, now: new Date(), clarionVersion: '0.0.0', listSuppressed: true };
/** Those that are off by default as well, but none for lock files. */
const detectors = localDetectorClient([
  ...enabledDetectors(featureDetectors, { enable: featureDetectors.flatMap((one) => (one.lockFiles ? [] : [one.id])) }),
  ...namespaceDetectors,
]);

interface Scanned {
  readonly image: EffectiveImage;
  readonly report: Report;
}

async function scan(name: string, store: Store): Promise<Scanned> {
  const opened = await openImage(path.join(languages ?? '', 'images', `${name}.oci.tar`));
  try {
    for await (const event of indexImage(opened, { layers: store, detectors })) {
      if (event.kind !== 'image.assembled') continue;
      return { image: event.image, report: await makeReport(event.image, store, options) };
    }
  } finally {
    await opened.close();
  }
  throw new Error(`${name} was not indexed`);
}

/** `pypi urllib3 1.26.12 usr/…/PKG-INFO CVE-2023-43804` for each path and flaw. */
function keysOf({ type, name, version, paths, canonical }: ExpectedMatch): readonly string[] {
  return paths.flatMap((at) => canonical.map((id) => `${type} ${comparedName(type, name)} ${version} ${at} ${id}`));
}

const typeOfNamespace = new Map(
  ['pypi', 'npm', 'maven', 'golang', 'cargo', 'gem', 'composer', 'nuget'].map((type) => [
    ecosystemOf(type)?.namespace,
    type,
  ]),
);

function findingsByKey<Listed extends Finding>(findings: readonly Listed[]): ReadonlyMap<string, Listed> {
  return new Map(
    findings.flatMap((finding) => {
      const { name, version, namespace, path: at } = finding.package;
      const type = typeOfNamespace.get(namespace);
      const match = { type: type ?? '', name, version, paths: [at], canonical: [finding.id] };
      return type === undefined ? [] : keysOf({ ...match, records: [], expect: 'must' }).map((key) => [key, finding]);
    }),
  );
}

interface Row {
  readonly image: string;
  /** Findings by what the list says of them. */
  readonly counts: Readonly<Partial<Record<ExpectedMatch['expect'] | 'notLinked', number>>>;
  /** Of packages that are not found in the image. */
  readonly missing?: RegExp;
  readonly missed?: number;
}

const rows: readonly Row[] = [
  { image: 'python', counts: { must: 61, suppressed: 5 } },
  { image: 'node', counts: { must: 40, suppressed: 7 } },
  { image: 'java', counts: { must: 112, infer: 18, suppressed: 1 } },
  // The list of files of `direnv` is in the image, and the program is not.
  {
    image: 'go',
    counts: { must: 426, notLinked: 27 },
    missing: /^golang stdlib 1\.19\.8 usr\/bin\/direnv /,
    missed: 80,
  },
  // No path of its sources is in the program.
  {
    image: 'rust',
    counts: { must: 3, infer: 2 },
    missing: /^cargo remove_dir_all 0\.7\.0 opt\/rust\/plain /,
    missed: 1,
  },
  { image: 'misc', counts: { must: 49, suppressed: 10 } },
  // Those of other platforms than that of the stripped program.
  { image: 'runtimes', counts: { must: 80, notLinked: 3 } },
  { image: 'layers', counts: { must: 2, suppressed: 2 } },
];

(languages === undefined || material === undefined ? describe.skip : describe)(
  'vulnerabilities in shared/conformance/packagedb/languages',
  () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'clarion-language-matches-'));
    let store: Store;
    beforeAll(async () => {
      store = await openEmbeddedStore({ directory: path.join(folder, 'store') });
      await loadFeeds(path.join(folder, 'feeds'), store);
    }, 600_000);
    afterAll(async () => {
      await store.close();
      rmSync(folder, { recursive: true });
    });

    test.each(rows)('$image: exactly those of the list', async ({ image: name, counts, missing, missed = 0 }) => {
      const { report } = await scan(name, store);
      const shown = findingsByKey(report.findings);
      const suppressed = findingsByKey(report.suppressed.list ?? []);
      const symbols = symbolsOf(name);
      const found = { must: 0, infer: 0, suppressed: 0, notLinked: 0 };
      const wrong: string[] = [];
      const absent: string[] = [];
      const known = new Set<string>();
      for (const match of readExpected(`${name}.matches`) as readonly ExpectedMatch[]) {
        for (const key of keysOf(match)) {
          known.add(key);
          const [finding, other] = [shown.get(key), suppressed.get(key)];
          if (missing?.test(key) === true && finding === undefined && other === undefined) absent.push(key);
          else if (match.expect === 'suppressed') {
            const isRight = other?.suppressedBy.kind === 'distribution' && other.package.owner === match.owner;
            if (finding === undefined && isRight) found.suppressed += 1;
            else wrong.push(key);
          } else if (finding !== undefined) {
            const isMarked = finding.package.confidence === 'inferred';
            if (isMarked === (match.expect === 'infer')) found[match.expect] += 1;
            else wrong.push(key);
          } else if (other?.suppressedBy.kind === 'program' && !isLinked(match, other, symbols)) found.notLinked += 1;
          else wrong.push(key);
        }
      }
      expect(wrong).toEqual([]);
      expect(absent).toHaveLength(missed);
      expect([...shown.keys(), ...suppressed.keys()].filter((key) => !known.has(key))).toEqual([]);
      expect(found).toEqual({ must: 0, infer: 0, suppressed: 0, notLinked: 0, ...counts });
    });

    test('those of files of the distribution are explained', async () => {
      const { image } = await scan('python', store);
      const { packages } = await explainVulnerability(image, store, { id: 'CVE-2023-43804', feeds: feedSources });
      expect(packages.filter(({ owner }) => owner !== undefined)).toMatchObject([
        {
          ...{ name: 'urllib3', version: '1.26.12', owner: 'python3-urllib3', decision: 'suppressed' },
          suppressedBy: { kind: 'distribution', id: 'debian:12' },
          rule: expect.stringContaining('owned by python3-urllib3: ') as string,
        },
      ]);
    });
  },
);

/** Of the images with programs of Go. */
function symbolsOf(name: string): ReadonlyMap<string, ProgramSymbols> {
  if (!['go', 'runtimes'].includes(name)) return new Map();
  const programs = readExpected(`${name}.symbols`) as readonly ProgramSymbols[];
  return new Map(programs.map((one) => [one.path, one]));
}

/** Whether govulncheck sees any of the records linked in the program. */
function isLinked(
  { records }: ExpectedMatch,
  { package: { path: at } }: Finding,
  symbols: ReadonlyMap<string, ProgramSymbols>,
): boolean {
  const { levels = {} } = symbols.get(at) ?? {};
  return records.some((record) => levels[record] === 'symbol');
}
