import { execFileSync } from 'node:child_process';
import { createReadStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createGunzip } from 'node:zlib';
import { countRecords, type CountedRecords, sharedMaterial } from '@clarion/test-kit';
import { ubuntu } from '.';

const material = sharedMaterial('feeds', 'ubuntu', 'uct-parsed-2024-08-09-focal-jammy-noble.ndjson.gz');
const tool = path.resolve(__dirname, '../../../../../tools/feeds/uct-parsed-to-osv.mjs');

/** Some of the years: all of them take half a minute, and are counted by the import benchmark. */
const years = ['2012', '2016', '2022'];

const focal = 'ubuntu:20.04';
const jammy = 'ubuntu:22.04';
const noble = 'ubuntu:24.04';

/** Real statuses of three releases, written again as Canonical's archives: the form is synthetic, the facts are not. */
(material === undefined ? describe.skip : describe)('the CVE tracker of August 2024 as archives', () => {
  let directory: string;
  let osv: CountedRecords;
  let vex: CountedRecords;

  beforeAll(async () => {
    directory = mkdtempSync(path.join(tmpdir(), 'clarion-ubuntu-'));
    execFileSync(process.execPath, [tool, material ?? '', directory, ...years], { stdio: 'ignore' });
    osv = await read('osv/osv-all.tar.xz');
    vex = await read('vex/vex-all.tar.xz');
  }, 240_000);

  afterAll(() => {
    rmSync(directory, { recursive: true, force: true });
  });

  function read(name: string): Promise<CountedRecords> {
    const names = ['openssl', 'nodejs', 'coreutils', 'dpkg', 'libxmltok', 'gcc-snapshot'];
    const packages = [focal, jammy, noble].flatMap((namespace) => names.map((source) => `${namespace} ${source}`));
    const body = createReadStream(path.join(directory, name)).pipe(createGunzip());
    return countRecords(ubuntu.parse({ name, body }), new Set(packages));
  }

  it('are read to the last record', () => {
    expect(osv).toMatchObject({ groups: 41_360, advisories: 41_697, texts: 4165, problems: [] });
    expect(osv.byNamespace).toEqual({ [focal]: 24_902, [jammy]: 14_694, [noble]: 2101 });
    expect(vex).toMatchObject({ groups: 68_558, advisories: 77_725, texts: 0, problems: [] });
    expect(vex.byNamespace).toEqual({ [focal]: 34_915, [jammy]: 30_199, [noble]: 12_611 });
  });

  it.each<[string, string, string, unknown, unknown]>([
    [focal, 'dpkg', 'CVE-2022-1664', [fixed('1.19.7ubuntu3.2', 'Medium')], []],
    [jammy, 'dpkg', 'CVE-2022-1664', [fixed('1.21.1ubuntu2.1', 'Medium')], []],
    [noble, 'dpkg', 'CVE-2022-1664', [fixed('1.21.9ubuntu1', 'Medium')], []],
    [
      noble,
      'nodejs',
      'CVE-2022-0778',
      [],
      [{ state: 'not_affected' }, { state: 'not_affected', ...channel('esm-apps') }],
    ],
    [jammy, 'coreutils', 'CVE-2016-2781', [open('Low')], [{ state: 'fix_deferred' }]],
    [
      focal,
      'openssl',
      'CVE-2022-0778',
      [
        fixed('1.1.1f-1ubuntu2.12', 'High'),
        { ...fixed('1.1.1f-1ubuntu2.fips.12', 'High'), ...channel('fips-updates') },
      ],
      [{ state: 'affected', ...channel('fips') }],
    ],
    [
      jammy,
      'nodejs',
      'CVE-2022-0778',
      [fixed('12.22.9~dfsg-1ubuntu3.1', 'High')],
      [{ state: 'not_affected', ranges: [{ introduced: '12.22.9~dfsg-1ubuntu3.1' }], ...channel('esm-apps') }],
    ],
    [
      focal,
      'libxmltok',
      'CVE-2012-1148',
      [
        { ...fixed('1.2-4ubuntu0.20.04.1~esm1', 'Low'), ...channel('esm-apps') },
        { state: 'affected', ranges: [{ limit: '1.2-4ubuntu0.20.04.1~esm1' }] },
        open('Low'),
      ],
      [{ state: 'affected' }],
    ],
    [
      focal,
      'gcc-snapshot',
      'CVE-2022-27943',
      [open('Low')],
      [{ state: 'end_of_life' }, { state: 'under_investigation', ...channel('esm-apps') }],
    ],
  ])('%s %s %s', (namespace, source, id, fixes, others) => {
    expect(sorted(osv.about(namespace, source, id))).toMatchObject(sorted(fixes));
    expect(sorted(vex.about(namespace, source, id))).toMatchObject(sorted(others));
  });

  function fixed(version: string, severity: string): object {
    return { state: 'fixed', ranges: [{ fixed: version }], severity };
  }

  function open(severity: string): object {
    return { state: 'under_investigation', severity, reason: 'listed without a fix' };
  }

  function channel(name: string): object {
    return { scope: { channel: name } };
  }

  /** By state and channel: the order within a group says nothing. */
  function sorted(statements: unknown): readonly object[] {
    const key = ({ state, scope }: { state?: string; scope?: { channel: string } }): string =>
      `${scope?.channel ?? ''} ${scope === undefined ? (state ?? '') : ''}`;
    return [...(statements as readonly object[])].sort((a, b) => (key(a) < key(b) ? -1 : 1));
  }
});
