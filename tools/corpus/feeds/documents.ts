import { buildZip, compressBlob } from '@clarion/test-kit';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { HostileFeed } from '../hostile-feed';
import type { Random } from '../random';

type Bytes = string | Uint8Array;

/** A feed whose entire mirror consists of these files. */
function mirrored(
  name: string,
  how: Pick<HostileFeed, 'feed' | 'expect'>,
  files: () => Readonly<Record<string, Bytes>>,
): HostileFeed {
  return {
    name,
    ...how,
    open(directory) {
      for (const [path, bytes] of Object.entries(files())) {
        const target = join(directory, how.feed, path);
        mkdirSync(dirname(target), { recursive: true });
        writeFileSync(target, bytes);
      }
      return Promise.resolve({ from: directory, close: () => Promise.resolve() });
    },
  };
}

/** Where each feed's only or first document is. */
const jsonFeeds = {
  'debian-security-tracker': 'json',
  'cisa-kev': 'known_exploited_vulnerabilities.json',
  'arch-security': 'all.json',
  'nodejs-core': 'index.json',
  'alpine-secdb': 'v3.20/main.json',
  almalinux: '9/errata.full.json',
  'rocky-linux': 'advisories/page-0.json',
  wolfi: 'security.json',
} as const;

/** Documents that no feed of JSON may take for its own. */
const noDocuments: readonly (readonly [string, () => Bytes])[] = [
  ['nothing', () => ''],
  ['null', () => 'null'],
  ['an empty object', () => '{}'],
  ['HTML', () => '<!DOCTYPE html><html><body>Sign in to continue</body></html>'],
  ['cut', () => '{"vulnerabilities":[{"cveID":"CVE-2024-1'],
];

/** Documents that cost a careless reader too much. */
const costly: readonly (readonly [string, () => Bytes])[] = [
  ['a million empty lists', () => `{"x":${'[]'.repeat(500_000)}}`],
  ['a million open brackets', () => '['.repeat(1_000_000)],
  ['a million open objects', () => '{"a":'.repeat(200_000)],
  ['a string of 50 MiB', () => `{"x":"${'x'.repeat(50 << 20)}"}`],
  ['a string that never ends', () => `{"x":"${'\\'.repeat(10 << 20)}`],
  ['a number of a million digits', () => `{"vulnerabilities":${'9'.repeat(1_000_000)}}`],
  ['a key of 20 MiB', () => `{"${'k'.repeat(20 << 20)}":1}`],
  ['a million keys', () => `{${Array.from({ length: 1_000_000 }, (_, n) => `"k${n}":1`).join(',')}}`],
  ['blanks of 50 MiB', () => `{${' '.repeat(50 << 20)}}`],
  ['prototypes', () => '{"__proto__":{"x":1},"constructor":{"prototype":{"x":1}},"vulnerabilities":[{"__proto__":1}]}'],
  ['random bytes', () => Buffer.from(Array.from({ length: 1 << 20 }, (_, n) => (n * 7919) % 251))],
];

const xmlHead = '<?xml version="1.0"?><oval_definitions xmlns="http://oval.mitre.org/XMLSchema/oval-definitions-5">';
const xmls: readonly (readonly [string, () => Bytes])[] = [
  [
    'entities that double',
    () =>
      `<!DOCTYPE x [<!ENTITY a "aaaa">${Array.from({ length: 30 }, (_, n) => `<!ENTITY b${n} "&${n === 0 ? 'a' : `b${n - 1}`};&${n === 0 ? 'a' : `b${n - 1}`};">`).join('')}]><oval_definitions>&b29;</oval_definitions>`,
  ],
  [
    'entity of a file',
    () => '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><oval_definitions>&a;</oval_definitions>',
  ],
  ['a million elements deep', () => '<a>'.repeat(1_000_000)],
  [
    '2,000,000 elements in one record',
    () =>
      `${xmlHead}<definitions><definition id="oval:a:def:1" class="patch"><metadata>${'<reference source="CVE" ref_id="CVE-2024-1"/>'.repeat(2_000_000)}</metadata></definition></definitions></oval_definitions>`,
  ],
  [
    '100,000 attributes',
    () => `<oval_definitions ${Array.from({ length: 100_000 }, (_, n) => `a${n}="x"`).join(' ')}/>`,
  ],
  ['attribute of 50 MiB', () => `<oval_definitions a="${'x'.repeat(50 << 20)}"/>`],
  ['comment without end', () => `${xmlHead}<!--${'-'.repeat(20 << 20)}`],
  ['cut', () => `${xmlHead}<definitions><definition id="x" cla`],
  ['nothing', () => ''],
  ['HTML', () => '<html><body>404</body></html>'],
];

const packings: readonly (readonly [string, () => Readonly<Record<string, Bytes>>])[] = [
  ['gzip bomb of 4 GiB', () => ({ 'json.gz': Buffer.concat(Array.from({ length: 4096 }, () => zeros())) })],
  ['gzip, cut', () => ({ 'json.gz': gzipSync('{"openssl":{}}'.repeat(1000)).subarray(0, 30) })],
  ['gzip of HTML', () => ({ 'json.gz': gzipSync('<html></html>') })],
  ['invalid xz', () => ({ 'json.xz': 'not xz' })],
  ['invalid bzip2', () => ({ 'json.bz2': 'BZh9 not' })],
  ['invalid zstd', () => ({ 'json.zst': Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 1, 2, 3]) })],
];

let megabyte: Buffer | undefined;
function zeros(): Buffer {
  megabyte ??= gzipSync(Buffer.alloc(1 << 20), { level: 9 });
  return megabyte;
}

const record = (id: string): string =>
  JSON.stringify({
    id,
    modified: '2024-01-01T00:00:00Z',
    affected: [{ package: { ecosystem: 'Go', name: 'x' }, ranges: [] }],
  });

const zips: readonly (readonly [string, () => Bytes])[] = [
  ['nothing', () => ''],
  ['no zip', () => 'not a zip at all'],
  ['empty zip', () => buildZip([])],
  ['cut zip', () => buildZip([{ name: 'ID/GO-2024-1.json', content: record('GO-2024-1') }]).subarray(0, -30)],
  ['zip bomb of 2 GiB', () => buildZip([{ name: 'ID/GO-2024-1.json', content: Buffer.alloc(2000 << 20) }])],
  [
    '100,000 members',
    () => buildZip(Array.from({ length: 60_000 }, (_, n) => ({ name: `ID/x${n}.json`, content: '{}' }))),
  ],
  ['members of paths', () => buildZip([{ name: '../../../../etc/x.json', content: record('GO-2024-1') }])],
  [
    'member with a wrong checksum',
    () => buildZip([{ name: 'ID/GO-2024-1.json', content: record('GO-2024-1'), checksum: 1 }]),
  ],
  ['member of brackets', () => buildZip([{ name: 'ID/GO-2024-1.json', content: '['.repeat(1_000_000) }])],
];

export function documentFeeds(random: Random): readonly HostileFeed[] {
  const refused = (feed: string): Pick<HostileFeed, 'feed' | 'expect'> => ({ feed, expect: 'refused' });
  return [
    ...Object.entries(jsonFeeds).flatMap(([feed, path]) =>
      [...noDocuments, ...(random.below(2) === 0 ? costly : costly.slice(0, 4))].map(([name, bytes]) =>
        mirrored(
          `${feed}/${name}`,
          { feed, expect: costly.some(([other]) => other === name) ? 'kept' : 'refused' },
          () => ({ [path]: bytes() }),
        ),
      ),
    ),
    ...xmls.map(([name, bytes]) =>
      mirrored(`azure-linux/${name}`, { feed: 'azure-linux', expect: 'kept' }, () => ({
        'azurelinux-3.0-oval.xml': bytes(),
      })),
    ),
    ...xmls.slice(2, 5).map(([name, bytes]) =>
      mirrored(`oracle-oval/${name}`, { feed: 'oracle-oval', expect: 'kept' }, () => ({
        'com.oracle.elsa-all.xml.bz2': compressBlob(Buffer.from(bytes()), 'bzip2'),
      })),
    ),
    ...packings.map(([name, files]) => mirrored(`packing/${name}`, refused('debian-security-tracker'), files)),
    ...zips.map(([name, bytes], n) =>
      mirrored(`go-vulndb/${name}`, { feed: 'go-vulndb', expect: n < 4 ? 'refused' : 'kept' }, () => ({
        'vulndb.zip': bytes(),
      })),
    ),
    mirrored('debian-security-tracker/shrunk to one package', refused('debian-security-tracker'), () => ({
      json: '{"openssl":{"CVE-2024-9143":{"releases":{"bookworm":{"status":"open","repositories":{"bookworm":"1"},"urgency":"low"}}}}}',
    })),
    mirrored('epss/one line', { feed: 'epss', expect: 'kept' }, () => ({
      'epss_scores-current.csv': '#model_version:v1,score_date:2024-01-01\ncve,epss,percentile\nCVE-2024-1,NaN,1e999\n',
    })),
    mirrored('epss/line of 50 MiB', { feed: 'epss', expect: 'kept' }, () => ({
      'epss_scores-current.csv': 'x'.repeat(50 << 20),
    })),
    mirrored('epss/HTML', refused('epss'), () => ({ 'epss_scores-current.csv': '<html></html>' })),
  ];
}
