import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { RpmHeader } from '@clarion/file-formats';
import type { WantedFile } from '@clarion/model';
import { testBudget } from '@clarion/test-kit';
import { rpm } from './index';
import { parseManifest } from './manifest';
import { parseRpmFiles } from './parse';
import { rpmFeature } from './rpm-feature';

const header: RpmHeader = { name: 'a', version: '1.0', release: '2.el9' };

function testdata(name: string, file: string): WantedFile {
  return { path: file, content: readFileSync(path.join(__dirname, 'testdata', name, file)) };
}

const sqlite = testdata('sqlite-settled', 'usr/lib/sysimage/rpm/rpmdb.sqlite').content;
const ndb = testdata('ndb', 'usr/lib/sysimage/rpm/Packages.db').content;
const bdb = testdata('bdb-little-endian', 'var/lib/rpm/Packages').content;

describe('rpm features', () => {
  it.each<[epoch: number | undefined, version: string]>([
    [undefined, '1.0-2.el9'],
    [0, '1.0-2.el9'],
    [1, '1:1.0-2.el9'],
    [20000101, '20000101:1.0-2.el9'],
  ])('with the epoch %s have the version %s', (epoch, version) => {
    expect(rpmFeature({ ...header, ...(epoch !== undefined && { epoch }) }, 'p').version).toBe(version);
  });

  it.each<[sourceRpm: string | undefined, name: string | undefined, version: string | undefined]>([
    ['openssl-1.1.1k-12.el8_9.src.rpm', 'openssl', '1.1.1k-12.el8_9'],
    ['java-1.8.0-openjdk-1.8.0.392-1.el7.src.rpm', 'java-1.8.0-openjdk', '1.8.0.392-1.el7'],
    ['vendor-blob-1-1.nosrc.rpm', 'vendor-blob', '1-1'],
    ['x-1.src-2.src.rpm', 'x', '1.src-2'],
    ['no-release.src.rpm', undefined, undefined],
    ['-1-1.src.rpm', undefined, undefined],
    ['whatever', undefined, undefined],
    [undefined, undefined, undefined],
  ])('of the source %s come from %s %s', (sourceRpm, name, version) => {
    const { source } = rpmFeature({ ...header, ...(sourceRpm !== undefined && { sourceRpm }) }, 'p');
    expect([source?.name, source?.version]).toEqual([name, version]);
  });
});

describe('the configuration of rpm', () => {
  it.each<[what: string, file: string, text: string, folder: string | undefined]>([
    ['nothing about it', 'etc/rpm/macros', '%_install_langs C\n', undefined],
    ['a comment', 'etc/rpm/macros', '#%_dbpath /srv/db\n', undefined],
    ['the folder of SUSE', 'usr/lib/rpm/macros', '%_dbpath\t\t%{_usr}/lib/sysimage/rpm\n', undefined],
    ['the classic folder', 'usr/lib/rpm/macros', '%_dbpath %{_var}/lib/rpm/\n%_dbpath_rebuild %{_dbpath}\n', undefined],
    ['that of ostree', 'usr/lib/rpm/macros.d/macros.rpm-ostree', '%_dbpath /usr/share/rpm', undefined],
    ['a program, as in Debian', 'usr/lib/rpm/macros', "%_dbpath %(bash -c 'echo ~/.rpmdb')\n", undefined],
    ['another folder', 'etc/rpm/macros.db', ' %_dbpath /srv/rpm\n', '/srv/rpm'],
    ['another folder of the vendor', 'usr/lib/rpm/macros', '%_dbpath %{_var}/lib/rpm2\n', '%{_var}/lib/rpm2'],
    ['a program', 'etc/rpm/macros', '%_dbpath %(echo /srv)\n', '%(echo /srv)'],
  ])('with %s reports whether the database is read', async (_what, file, text, folder) => {
    const message = `rpm keeps its database in "${folder ?? ''}", which is not read`;
    expect(await rpm.detect([{ path: file, content: Buffer.from(text) }], testBudget())).toEqual({
      features: [],
      problems: folder === undefined ? [] : [{ code: 'unreadable-database', path: file, message }],
    });
  });
});

describe('the usual folder of the rpm database', () => {
  it.each([
    '%{_localstatedir}/lib/rpm',
    '%{_sharedstatedir}/rpm',
    '%{_prefix}/lib/sysimage/rpm',
    '%{_libdir}/sysimage/rpm',
    '%{_datadir}/rpm',
    '%{_exec_prefix}/share/rpm',
  ])('may be written %s', async (folder) => {
    const file = { path: 'etc/rpm/macros.db', content: Buffer.from(`%_dbpath ${folder}\n`) };
    expect(await rpm.detect([file], testBudget())).toEqual({ features: [], problems: [] });
  });
});

describe('the rpm database of a directory', () => {
  type Named = readonly [name: string, content: Uint8Array];
  const partial = testdata('sqlite-log-left-out', 'var/lib/rpm/rpmdb.sqlite').content;

  it.each<
    [what: string, files: readonly Named[], found: Readonly<Record<string, number>>, problems: readonly string[]]
  >([
    [
      'of each backend, which agree',
      [
        ['Packages', bdb],
        ['Packages.db', ndb],
        ['rpmdb.sqlite', sqlite],
      ],
      { 'rpmdb.sqlite': 6, 'Packages.db': 6, Packages: 6 },
      [],
    ],
    [
      'SQLite beside a Berkeley DB that has more',
      [
        ['Packages', bdb],
        ['rpmdb.sqlite', partial],
      ],
      { 'rpmdb.sqlite': 2, Packages: 6 },
      [
        'Packages stale-database It lists 4 packages that var/lib/rpm/rpmdb.sqlite does not: which of the two rpm uses is not known',
      ],
    ],
    [
      'NDB beside a Berkeley DB that cannot be read to its end',
      [
        ['Packages', bdb.subarray(0, 600)],
        ['Packages.db', ndb],
      ],
      { 'Packages.db': 6 },
      [
        'Packages truncated-database The database ends at page 0 of 13',
        'Packages truncated-database The database has 0 of the 7 records that it should have',
      ],
    ],
    [
      'with content beside an empty one',
      [
        ['Packages', bdb],
        ['rpmdb.sqlite', new Uint8Array(0)],
      ],
      { Packages: 6 },
      [],
    ],
    [
      'SQLite beside an empty Packages',
      [
        ['Packages', new Uint8Array(0)],
        ['rpmdb.sqlite', sqlite],
      ],
      { 'rpmdb.sqlite': 6 },
      [],
    ],
    [
      'beside a journal that is over',
      [
        ['rpmdb.sqlite', sqlite],
        ['rpmdb.sqlite-journal', new Uint8Array(512)],
      ],
      { 'rpmdb.sqlite': 6 },
      [],
    ],
    [
      'beside a journal that SQLite would roll back',
      [
        ['rpmdb.sqlite', sqlite],
        ['rpmdb.sqlite-journal', Buffer.concat([Buffer.from('d9d505f920a163d7', 'hex'), new Uint8Array(504)])],
      ],
      { 'rpmdb.sqlite': 6 },
      [
        'rpmdb.sqlite-journal unreadable-database A transaction was interrupted: the packages that this journal would bring back are not known',
      ],
    ],
    [
      'beside a log of nothing',
      [
        ['Packages', bdb],
        ['rpmdb.sqlite-wal', new Uint8Array(9)],
      ],
      { Packages: 6 },
      [],
    ],
  ])('is read from every file: %s', (_, given, found, expected) => {
    const files = given.map(([name, content]) => ({ path: `var/lib/rpm/${name}`, content }));
    const { features, problems } = parseRpmFiles(files, testBudget());
    const counts: Record<string, number> = {};
    for (const feature of features) {
      const name = path.basename(feature.path);
      counts[name] = (counts[name] ?? 0) + 1;
    }
    expect(counts).toEqual(found);
    expect(
      problems.map((problem) => `${path.basename(problem.path ?? '')} ${problem.code} ${problem.message}`),
    ).toEqual(expected);
  });

  // rpm stores the keys that it trusts as packages with this name.
  it.each([
    ['rpmdb.sqlite', sqlite],
    ['Packages', bdb],
  ])('lists the packages of %s, not the trusted keys', (name, content) => {
    const withKey = Buffer.from(
      Buffer.from(content).toString('latin1').replaceAll('libexample\0', 'gpg-pubkey\0'),
      'latin1',
    );
    const { features } = parseRpmFiles([{ path: `var/lib/rpm/${name}`, content: withKey }], testBudget());
    expect(features.map((feature) => feature.name).sort()).toEqual([
      '__proto__',
      'many-files',
      'nodejs',
      'tzdata',
      'zero-epoch',
    ]);
  });

  it('is read in every directory that has one', () => {
    const files = [
      { path: 'var/lib/rpm/Packages', content: bdb },
      { path: 'usr/lib/sysimage/rpm/rpmdb.sqlite', content: sqlite },
    ];
    const { features } = parseRpmFiles(files, testBudget());
    expect(features).toHaveLength(12);
  });

  it.each<[what: string, content: Uint8Array, code: string]>([
    ['is empty', new Uint8Array(0), 'truncated-database'],
    ['is something else', Buffer.from('hello, I am no database at all'), 'unreadable-database'],
    ['is shorter than any magic number', Buffer.from('SQL'), 'unreadable-database'],
    ['is cut within the SQLite header', sqlite.subarray(0, 60), 'truncated-database'],
    ['is cut within the BDB metadata', bdb.subarray(0, 60), 'truncated-database'],
    ['is cut within the NDB header', ndb.subarray(0, 20), 'truncated-database'],
    ['is cut after a third (SQLite)', sqlite.subarray(0, sqlite.length / 3), 'truncated-database'],
    ['is cut after a third (BDB)', bdb.subarray(0, bdb.length / 3), 'truncated-database'],
    ['is cut after a third (NDB)', ndb.subarray(0, ndb.length / 3), 'truncated-database'],
  ])('that %s is a problem', (_, content, code) => {
    const { problems } = parseRpmFiles([{ path: 'var/lib/rpm/Packages', content }], testBudget());
    expect(problems.map((problem) => problem.code)).toContain(code);
  });

  it('that is only an empty log is not a problem', () => {
    const files = [{ path: 'var/lib/rpm/rpmdb.sqlite-wal', content: new Uint8Array(0) }];
    expect(parseRpmFiles(files, testBudget())).toEqual({ features: [], problems: [] });
  });
});

describe('the package list of distroless Mariner', () => {
  const line = 'n\t1-2\t0\t0\tV\t(none)\t1\tx86_64\t0\tn-1-2.src.rpm';
  it.each<[what: string, text: string, versions: readonly string[], codes: readonly string[]]>([
    ['a line', line, ['1-2'], []],
    ['an epoch', line.replace('(none)', '3'), ['3:1-2'], []],
    ['lines of Windows', `${line}\r\n${line}\r\n`, ['1-2', '1-2'], []],
    ['empty lines', `\n\n${line}\n\n`, ['1-2'], []],
    ['a line without a release', 'n\t1\n', [], ['bad-record']],
    ['a line without a name', '\t1-2\t0\n', [], ['bad-record']],
    ['a line without a version', 'n\t-2\t0\n', [], ['bad-record']],
    ['a line of words', 'n 1-2\n', [], ['bad-record']],
  ])('reads %s', (_, text, versions, codes) => {
    const { features, problems } = parseManifest({ path: 'm', content: Buffer.from(text) }, testBudget());
    expect(features.map((feature) => feature.version)).toEqual(versions);
    expect(problems.map((problem) => problem.code)).toEqual(codes);
  });

  it('stops at more packages than any real image has', () => {
    const budget = testBudget();
    const { features } = parseManifest({ path: 'm', content: Buffer.from(`${line}\n`.repeat(100_002)) }, budget);
    expect(features).toHaveLength(100_000);
    expect(budget.problem()?.code).toBe('limit-reached');
  });
});
