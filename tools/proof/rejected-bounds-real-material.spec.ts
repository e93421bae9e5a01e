import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { feedSources } from '@clarion/feed-sources';
import { directoryUpstream } from '@clarion/feed-upstreams';
import type { FeedRecord, PlannedDocument, Upstream } from '@clarion/model';
import { sharedMaterial } from '@clarion/test-kit';
import { orderVersions, versionScheme } from '@clarion/version-schemes';

const material = sharedMaterial('feeds');
const haveBzip2 = spawnSync('bzip2', ['--version']).status === 0;

/** An invalid bound of a version scheme, and how often it occurs in the feed. */
type Rejected = ReadonlyMap<string, number>;

async function* bodyOf(upstream: Upstream, document: PlannedDocument): AsyncGenerator<Uint8Array> {
  for (const part of document.parts ?? [document.path ?? document.name]) {
    const answer = await upstream.get(part);
    if (answer.kind === 'content') yield* answer.body;
  }
}

/** Every record of a feed, from its real data laid out as the upstream lays it out. */
async function* recordsOf(id: string, directory: string): AsyncGenerator<FeedRecord> {
  const source = feedSources.find((one) => one.id === id);
  if (source === undefined) throw new Error(id);
  const upstream = directoryUpstream(path.join(directory, id));
  for (const document of (await source.plan(upstream, undefined)).documents) {
    yield* source.parse({ name: document.name, body: bodyOf(upstream, document) });
  }
}

function boundsOf(record: FeedRecord): readonly (readonly [scheme: string, bound: string])[] {
  if (record.kind !== 'group') return [];
  const { scheme, advisories } = record.group;
  const ranges = advisories.flatMap(({ ranges = [] }) => ranges);
  return ranges.flatMap((range) => (Object.values(range) as string[]).map((bound) => [scheme, bound] as const));
}

async function rejectedIn(
  id: string,
  directory: string,
): Promise<{ readonly bounds: number; readonly rejected: Rejected }> {
  const rejected = new Map<string, number>();
  let bounds = 0;
  for await (const record of recordsOf(id, directory)) {
    for (const [scheme, bound] of boundsOf(record)) {
      bounds += 1;
      if (bound === '0' || bound === '*' || versionScheme(scheme)?.isValid(bound) === true) continue;
      const key = `${scheme} ${bound}`;
      rejected.set(key, (rejected.get(key) ?? 0) + 1);
    }
  }
  return { bounds, rejected };
}

/** The result of comparing a version with a bound: `affected` below it, `cleared` from it on, or `undetermined`. */
function resultOf(scheme: string, bound: string, version: string): string {
  const found = versionScheme(scheme);
  const order = found === undefined ? undefined : orderVersions(found, version, bound);
  if (order === undefined) return 'undetermined';
  return order < 0 ? 'affected' : 'cleared';
}

/** Bounds of one kind, and their meaning for a version below, equal to and above their valid part. */
interface Class {
  readonly scheme: string;
  readonly bounds: Readonly<Record<string, number>>;
  readonly comparisons: readonly (readonly [bound: string, version: string, expected: string])[];
}

const alpine: readonly Class[] = [
  {
    // Another number instead of a revision: -r0 may be meant, or a part of the version.
    scheme: 'apk',
    bounds: { '10.0.11-0': 18, '4.10-1-r1': 6, '2021-03-27-r5': 4, '1.11-20-r0': 3, '57-1-r2': 1, '2.15.r-r1': 1 },
    comparisons: [
      ['10.0.11-0', '10.0.10-r9', 'affected'],
      ['10.0.11-0', '10.0.11-r0', 'undetermined'],
      ['10.0.11-0', '10.0.12-r0', 'cleared'],
      ['4.10-1-r1', '4.10-r0', 'undetermined'],
      ['4.10-1-r1', '4.11-r0', 'cleared'],
      ['2021-03-27-r5', '2021.03.27-r4', 'undetermined'],
      ['2.15.r-r1', '2.15-r0', 'undetermined'],
    ],
  },
  {
    // OpenSSH's and sudo's own spelling, which the first releases took over.
    scheme: 'apk',
    bounds: {
      ...{ '6.6.2p1-r0': 12, '1.9.5p2-r0': 12, '6.6.4p1-r1': 2, '6.6.4p1-r2': 2 },
      ...{ '6.7.1p1-r1': 2, '3.3.3p1-r3': 1 },
    },
    comparisons: [
      ['6.6.2p1-r0', '6.6.1_p1-r3', 'affected'],
      ['6.6.2p1-r0', '6.6.2p1-r0', 'cleared'],
      ['6.6.2p1-r0', '6.6.2p1-r1', 'undetermined'],
      ['6.6.2p1-r0', '7.1_p2-r0', 'cleared'],
      ['1.9.5p2-r0', '1.9.5-r1', 'affected'],
    ],
  },
];

const azure: readonly Class[] = [
  {
    scheme: 'rpm',
    bounds: { '1.17.13-2,1.18.8-2,1.21.6-1.azl3': 1 },
    comparisons: [
      ['1.17.13-2,1.18.8-2,1.21.6-1.azl3', '1.17.1-1.azl3', 'undetermined'],
      ['1.17.13-2,1.18.8-2,1.21.6-1.azl3', '1.22.0-1.azl3', 'undetermined'],
    ],
  },
];

const osv: readonly Class[] = [
  {
    scheme: 'pep440',
    // From a distribution's package, a date, a rebuilt package.
    bounds: {
      ...{ '0.8.3ubuntu7.5': 2, '0.9.3.5ubuntu3': 2, '1.6.5ubuntu0.1': 2, '1.9.0ubuntu1.2': 2, '0.7.11p3': 2 },
      ...{ '2019-09-12': 2, '0.9-stable': 1, '7.2.0-12.1': 1, '8.3.0-11.1': 1, '9.3.1-2.1': 1, '10.0.2-1.1': 1 },
    },
    comparisons: [
      ['0.8.3ubuntu7.5', '0.8.2', 'affected'],
      ['0.8.3ubuntu7.5', '0.8.3', 'undetermined'],
      ['0.8.3ubuntu7.5', '0.8.4', 'cleared'],
      ['2019-09-12', '2018.1', 'affected'],
      ['2019-09-12', '2020.1', 'cleared'],
      ['0.9-stable', '0.9', 'undetermined'],
      ['7.2.0-12.1', '7.2.0', 'affected'],
      ['7.2.0-12.1', '7.2.0.post12', 'undetermined'],
      ['7.2.0-12.1', '7.2.1', 'cleared'],
    ],
  },
  {
    scheme: 'composer',
    bounds: {
      ...{ '6.0.0-GM': 1, '1.5.7c': 1, '1.3.0r1': 1, '1.3.0r4': 1 },
      ...{ '3.20-test2': 1, '2.1.0-dev1': 1 },
    },
    comparisons: [
      ['1.5.7c', '1.5.6', 'affected'],
      ['1.5.7c', '1.5.7', 'undetermined'],
      ['1.5.7c', '1.5.8', 'cleared'],
    ],
  },
  {
    // Not all numbers, or leading zeros: formally not a version, but all tools read it the same way.
    scheme: 'go',
    bounds: {
      ...{ '19.03.0': 2, '19.03.9': 2, '2.1-beta.5': 1, '18.09.8': 1, '19.03.11': 1, '19.03.1': 1 },
      ...{ '2018-05-19': 1, '2.10-rc2': 1, '3.0-beta1': 1, '17.06.0-ce': 1 },
    },
    comparisons: [
      ['19.03.9', '19.3.8', 'affected'],
      ['19.03.9', '19.3.9', 'cleared'],
    ],
  },
  {
    scheme: 'npm',
    bounds: {
      ...{ '8.0': 1, '0.70': 1, '4.16': 1, '1.3': 1, '1.2': 1, '6.0': 1, '10.3': 1, '1.0': 1 },
      ...{ '1.90': 1, '1.89': 1, '1.78': 1, '1.77': 1, '9.11': 1, '4.0': 1 },
    },
    comparisons: [
      ['4.16', '4.15.9', 'affected'],
      ['4.16', '4.16.0', 'cleared'],
    ],
  },
  {
    scheme: 'semver',
    bounds: { '0.16': 2, '1.72': 1, '0.62': 1, '0.35': 1, '0.36': 1 },
    comparisons: [
      ['0.36', '0.35.9', 'affected'],
      ['0.36', '0.36.0', 'cleared'],
    ],
  },
];

/** Feeds with real data, how many bounds they have, and which of them are not versions. */
const feeds: readonly (readonly [feed: string, bounds: number, classes: readonly Class[]])[] = [
  ['almalinux', 143_982, []],
  ['alpine-secdb', 84_467, alpine],
  ['amazon-linux', 249_886, []],
  ['arch-security', 7980, []],
  ['azure-linux', 3395, azure],
  ['debian-security-tracker', 89_414, []],
  ['go-vulndb', 7866, []],
  ['nodejs-core', 965, []],
  ['oracle-oval', 356_524, []],
  ['osv', 71_435, osv],
  ['redhat-security-data', 0, []],
  ['rocky-linux', 101_093, []],
  ['suse', 1_170_110, []],
  ['ubuntu', 88_619, []],
];

describe('bounds of real feeds that are not versions', () => {
  if (material === undefined || !haveBzip2) {
    it.skip('skipped: the shared test material or bzip2 is missing', () => undefined);
    return;
  }
  let directory = '';
  beforeEach(() => {
    directory = mkdtempSync(path.join(tmpdir(), 'clarion-bounds-'));
  });
  afterEach(() => {
    rmSync(directory, { recursive: true, force: true });
  });

  const longOnes = new Set(['oracle-oval', 'redhat-security-data', 'ubuntu']);
  const all = process.env['CLARION_ALL_FEEDS'] !== undefined;
  it.skip.each(feeds.filter(([feed]) => longOnes.has(feed) && !all))(
    'skipped without CLARION_ALL_FEEDS: %s',
    () => undefined,
  );

  it.each(feeds.filter(([feed]) => !longOnes.has(feed) || all))(
    '%s',
    async (feed, expected, classes) => {
      const mirror = path.join(__dirname, '../feeds/mirror.mjs');
      execFileSync(process.execPath, [mirror, material, directory, feed], { stdio: ['ignore', 'ignore', 'inherit'] });
      const { bounds, rejected } = await rejectedIn(feed, directory);
      const known = classes.flatMap((one) =>
        Object.entries(one.bounds).map(([bound, count]) => [`${one.scheme} ${bound}`, count] as const),
      );
      expect(Object.fromEntries(rejected)).toEqual(Object.fromEntries(known));
      expect(bounds).toBe(expected);
    },
    300_000,
  );

  const comparisons = [...alpine, ...azure, ...osv].flatMap((one) =>
    one.comparisons.map(([bound, version, expected]) => [one.scheme, bound, version, expected] as const),
  );
  it.each(comparisons)('%s fixed in %s: %s is %s', (scheme, bound, version, expected) => {
    expect(resultOf(scheme, bound, version)).toBe(expected);
  });
});
