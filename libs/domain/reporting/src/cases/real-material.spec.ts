import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { featureDetectors } from '@clarion/feature-detectors';
import { feedSources } from '@clarion/feed-sources';
import type { AdvisoryGroup, PlacedFeature, Report } from '@clarion/model';
import { sharedMaterial, testBudget } from '@clarion/test-kit';
import { compareVersions, versionScheme } from '@clarion/version-schemes';
import { base, factsOf, imageOf, options } from '@clarion/test-kit/match-facts';
import { makeReport } from '../make-report';

/** Reads a feed document with the real feed source. */
async function groupsOf(feed: string, name: string, content: Uint8Array): Promise<readonly AdvisoryGroup[]> {
  const source = feedSources.find(({ id }) => id === feed);
  const groups: AdvisoryGroup[] = [];
  const body = (async function* () {
    yield await Promise.resolve(content);
  })();
  for await (const record of source?.parse({ name, body }) ?? []) {
    if (record.kind === 'group') groups.push(record.group);
  }
  return groups;
}

/** Reads a package database with the real detector. */
async function featuresOf(
  id: string,
  path: string,
  file: string,
  namespace: string,
): Promise<readonly PlacedFeature[]> {
  const detector = featureDetectors.find((one) => one.id === id);
  const detected = await detector?.detect([{ path, content: readFileSync(file) }], testBudget());
  return (detected?.features ?? []).map((feature) => ({ ...feature, namespace, layer: base }));
}

function pairsOf({ findings }: Report): readonly string[] {
  return findings.map((f) => `${f.package.name} ${f.package.version} ${f.id} ${f.fixedIn ?? 'unfixed'}`).sort();
}

const gunzipped = (file: string): Buffer => gunzipSync(readFileSync(file));

describe('Debian packages × the tracker', () => {
  const tracker = sharedMaterial('feeds/debian/DERIVED-security-tracker-from-osv-2025-02-12.json.gz');
  const osv = sharedMaterial('feeds/debian/osv-debian-11-12-13.ndjson.gz');
  const databases = sharedMaterial('conformance/packagedb/dpkg');
  if (tracker === undefined || osv === undefined || databases === undefined || !existsSync('/usr/bin/dpkg')) {
    it.skip('skipped: the shared test material or dpkg is missing', () => undefined);
    return;
  }

  interface OsvRecord {
    readonly id: string;
    readonly affected: readonly {
      readonly package: { readonly ecosystem: string; readonly name: string };
      readonly ranges: readonly { readonly events: readonly { readonly fixed?: string }[] }[];
    }[];
  }
  /** CVE and fixed version (none: unfixed) of each source package of a release, from another form of the same data. */
  function fixesIn(
    records: readonly OsvRecord[],
    ecosystem: string,
  ): ReadonlyMap<string, (readonly [string, string])[]> {
    const fixes = new Map<string, (readonly [string, string])[]>();
    for (const { id, affected } of records.filter((record) => record.id.startsWith('CVE-'))) {
      for (const { package: of, ranges } of affected.filter((one) => one.package.ecosystem === ecosystem)) {
        const fix = ranges.flatMap(({ events }) => events.flatMap(({ fixed }) => fixed ?? []))[0] ?? '';
        fixes.set(of.name, [...(fixes.get(of.name) ?? []), [id, fix]]);
      }
    }
    return fixes;
  }

  /** For each [a, b] whether dpkg itself calls a older than b, in one process. */
  function olderByDpkg(pairs: readonly (readonly [string, string])[]): readonly boolean[] {
    const script = 'while read -r a b; do dpkg --compare-versions "$a" lt "$b" && echo 1 || echo 0; done';
    const input = pairs.map((pair) => `${pair.join(' ')}\n`).join('');
    return execFileSync('bash', ['-c', script], { input, maxBuffer: 1 << 26 })
      .toString()
      .trim()
      .split('\n')
      .map((l) => l === '1');
  }

  const records = gunzipped(osv)
    .toString()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as OsvRecord);
  const groups = groupsOf('debian-security-tracker', 'json', gunzipped(tracker));

  test.each([
    ['bullseye', '11'],
    ['bookworm', '12'],
    ['trixie', '13'],
  ])(
    'debootstrap %s has exactly the findings that dpkg itself and the OSV form of the data give',
    async (suite, number) => {
      const namespace = `debian:${number}`;
      const file = `${databases}/debootstrap-${suite}.status`;
      const features = await featuresOf('dpkg', 'var/lib/dpkg/status', file, namespace);
      const fixes = fixesIn(records, `Debian:${number}`);
      const candidates = features.flatMap(({ name, version, source = { name, version } }) =>
        (fixes.get(source.name) ?? []).map(([id, fix]) => ({
          text: `${name} ${version} ${id} `,
          version: source.version,
          fix,
        })),
      );
      const withFix = candidates.filter(({ fix }) => fix !== '');
      const older = olderByDpkg(withFix.map(({ version, fix }) => [version, fix]));
      const expected = [
        ...withFix.filter((_, at) => older[at] === true).map(({ text, fix }) => text + fix),
        ...candidates.filter(({ fix }) => fix === '').map(({ text }) => `${text}unfixed`),
      ].sort();
      const report = await makeReport(imageOf(features), factsOf(await groups), options);
      expect(features.length).toBeGreaterThan(70);
      expect(expected.length).toBeGreaterThan(50);
      expect(pairsOf(report)).toEqual(expected);
      expect(report.coverage).toMatchObject({ uncovered: [], undetermined: [], complete: true });
    },
  );

  test('sid has no rows in this file: every package is uncovered, none is safe', async () => {
    const file = `${databases}/debootstrap-sid.status`;
    const features = await featuresOf('dpkg', 'var/lib/dpkg/status', file, 'debian:unstable');
    const { findings, coverage } = await makeReport(imageOf(features), factsOf(await groups), options);
    expect(findings).toEqual([]);
    expect(coverage.uncovered).toHaveLength(features.length);
    expect(new Set(coverage.uncovered.map(({ reason }) => reason))).toEqual(
      new Set(['no advisory data for this release']),
    );
    expect(coverage.complete).toBe(false);
  });
});

describe('Alpine packages × the SecDB', () => {
  const branch = sharedMaterial('feeds/alpine/secdb/v3.7');
  const database = sharedMaterial('conformance/packagedb/apk/alpine-3.7.0.installed');
  if (branch === undefined || database === undefined) {
    it.skip('skipped: the shared test material is missing', () => undefined);
    return;
  }

  interface SecDb {
    readonly packages: readonly {
      readonly pkg: { readonly name: string; readonly secfixes: Record<string, string[]> };
    }[];
  }

  test('alpine 3.7.0 has exactly the fixes above its versions', async () => {
    const contents = ['main', 'community'].map(
      (name) => [`v3.7/${name}.json`, gunzipped(`${branch}/${name}.json.gz`)] as const,
    );
    const groups = await Promise.all(contents.map(([name, content]) => groupsOf('alpine-secdb', name, content)));
    const features = await featuresOf('apk', 'lib/apk/db/installed', database, 'alpine:v3.7');
    const apk = versionScheme('apk');
    const expected = new Set<string>();
    for (const [, content] of contents) {
      for (const { pkg } of (JSON.parse(content.toString()) as SecDb).packages) {
        for (const feature of features.filter(({ name, source }) => (source?.name ?? name) === pkg.name)) {
          for (const [fix, ids] of Object.entries(pkg.secfixes)) {
            if (apk === undefined || fix === '0' || compareVersions(apk, feature.version, fix) >= 0) continue;
            for (const id of ids) expected.add(`${feature.name} ${id.split(/\s+/)[0] ?? ''}`);
          }
        }
      }
    }
    const report = await makeReport(imageOf(features), factsOf(groups.flat()), options);
    expect(expected.size).toBeGreaterThan(5);
    expect(report.findings.map((f) => `${f.package.name} ${f.id}`).sort()).toEqual([...expected].sort());
    expect(report.coverage).toMatchObject({ uncovered: [], undetermined: [], complete: true });
  });
});
