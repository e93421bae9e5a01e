import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { LayerEntry, PackageFiles, Problem } from '@clarion/model';
import { sharedMaterial, testBudget } from '@clarion/test-kit';
import { isOwned, ownedByAny, PackageFilesCollector } from './package-files';
import type { PathHashes } from './path-hashes';

const entry = (name: string, size: number): LayerEntry => ({
  path: name,
  type: 'file',
  size,
  mode: 0o644,
  link: '',
  nullDevice: false,
});

async function collect(
  files: Readonly<Record<string, string | Uint8Array>>,
): Promise<{ own: PathHashes; stored: PackageFiles; problems: Problem[] }> {
  const problems: Problem[] = [];
  const collector = new PackageFilesCollector((problem) => problems.push(problem));
  for (const [name, text] of Object.entries(files)) {
    const content = Buffer.from(text);
    const one = entry(name, content.length);
    const asked = collector.add(one);
    if (asked === undefined) continue;
    if (content.length <= asked) collector.content(one, content);
    else collector.unread(one);
  }
  return { ...(await collector.finish()), problems };
}

const realFiles = ['bash', 'nodejs', 'openssl-libs'].map((name) => `usr/share/${name}/f`);

const digest = 'd41d8cd98f00b204e9800998ecf8427e';

describe('packages own what their database lists', () => {
  test.each<[string, string, string, string[], string[]]>([
    [
      'dpkg',
      'var/lib/dpkg/info/libc6:amd64.list',
      '/.\n/lib\n/lib/x86_64-linux-gnu/libc.so.6\n/usr/bin/ldd',
      ['usr/lib/x86_64-linux-gnu/libc.so.6', 'lib/x86_64-linux-gnu/libc.so.6', 'usr/bin/ldd', 'bin/ldd'],
      ['usr/bin/ld', 'usr/lib/x86_64-linux-gnu/libc.so', 'usr/lib/libc.so.6'],
    ],
    [
      'diversions',
      'var/lib/dpkg/diversions',
      '/bin/sh\n/bin/sh.distrib\ndash\n',
      ['usr/bin/sh.distrib', 'bin/sh'],
      ['usr/bin/dash'],
    ],
    [
      'distroless',
      'var/lib/dpkg/status.d/libssl3.md5sums',
      `${digest}  usr/lib/x86_64-linux-gnu/libssl.so.3\n${digest}  ./usr/bin/a b\nno\n`,
      ['usr/lib/x86_64-linux-gnu/libssl.so.3', 'usr/bin/a b'],
      ['no', 'usr/bin/a'],
    ],
    [
      'apk',
      'lib/apk/db/installed',
      'P:busybox\nF:\nR:top\nF:bin\nR:busybox\na:0:0:755\nF:usr/lib\nR:a.so\n\nP:x\nF:etc\n',
      ['bin/busybox', 'usr/bin/busybox', 'usr/lib/a.so', 'top', 'etc'],
      ['usr/lib/busybox', 'busybox', 'bin/a.so'],
    ],
    [
      'pacman',
      'var/lib/pacman/local/acl-2.3-1/files',
      '%FILES%\nusr/\nusr/bin/\nusr/bin/chacl\n\n%BACKUP%\n',
      ['usr/bin/chacl', 'usr/sbin/chacl'],
      ['usr/bin/acl'],
    ],
  ])('%s', async (_, name, text, owned, others) => {
    const { own, stored, problems } = await collect({ [name]: text });
    const stays = ownedByAny([stored], testBudget());
    expect(owned.filter((one) => !isOwned(own, one) || !stays(one))).toEqual([]);
    expect(others.filter((one) => isOwned(own, one) || stays(one))).toEqual([]);
    expect([stored.unlisted, problems]).toEqual([undefined, []]);
  });

  const rpms = sharedMaterial('conformance', 'packagedb', 'rpm', 'made-here');
  const real = rpms === undefined ? test.skip : test;
  real.each(['Packages', 'Packages.db', 'rpmdb.sqlite'])('rpm: %s', async (name) => {
    const { own, stored, problems } = await collect({
      [`var/lib/rpm/${name}`]: readFileSync(path.join(rpms ?? '', name)),
    });
    expect(stored.packages).toEqual(expect.arrayContaining(['bash', 'nodejs', 'openssl-libs']));
    expect(realFiles.filter((one) => !isOwned(own, one))).toEqual([]);
    expect([isOwned(own, 'usr/bin/nobodys'), problems]).toEqual([false, []]);
  });

  test('and what is created in the directory of a Python package', async () => {
    const { own } = await collect({ 'var/lib/dpkg/info/a.list': '/usr/lib/python3/dist-packages/a-1.egg-info\n' });
    expect(isOwned(own, 'usr/lib/python3/dist-packages/a-1.egg-info/PKG-INFO')).toBe(true);
    expect(isOwned(own, 'usr/lib/python3/dist-packages/b-1.egg-info/PKG-INFO')).toBe(false);
  });
});

test.each([
  ['a name alone', 'etc/dpkg/info/a.list'],
  ['a status', 'var/lib/dpkg/status'],
  ['deeper', 'var/lib/pacman/local/a/b/files'],
  ['nothing', ''],
])('a file that is not a list is not read: %s', (_, name) => {
  const collector = new PackageFilesCollector(() => undefined);
  expect(collector.add(entry(name, 1))).toBeUndefined();
});

describe('a database without lists', () => {
  test.each<[string, Record<string, string>, boolean | undefined]>([
    ['of distroless, as it was', { 'var/lib/dpkg/status.d/base': 'Package: base' }, true],
    [
      'of distroless, as it is',
      { 'var/lib/dpkg/status.d/base': 'Package: base', 'var/lib/dpkg/status.d/base.md5sums': '' },
      undefined,
    ],
    ['of rpm', { 'var/lib/rpmmanifest/container-manifest-2': 'a\t1' }, true],
    ['that is there by mistake', { 'var/lib/dpkg/status': 'Package: base' }, undefined],
  ])('%s', async (_, files, unlisted) => {
    expect((await collect(files)).stored.unlisted).toBe(unlisted);
  });

  test.each<[string, boolean]>([
    ['usr/lib/x86_64-linux-gnu/libssl.so.3', true],
    ['lib64/ld.so', true],
    ['sbin/ldconfig', true],
    ['usr/share/java/a.jar', true],
    ['usr/src/app/a.jar', false],
    ['usr/app/a.jar', false],
  ])('leaves the usual directories to packages: %s, %j', (name, owned) => {
    expect(ownedByAny([{}, { unlisted: true }], testBudget())(name)).toBe(owned);
  });
});

describe('hostile lists', () => {
  test('of more files than are kept report that', async () => {
    const lines = (from: number): string =>
      Array.from({ length: 1_100_000 }, (__, number) => `/${from + number}`).join('\n');
    const { problems, stored } = await collect({
      'var/lib/dpkg/info/a.list': lines(0),
      'var/lib/dpkg/info/b.list': lines(2_000_000),
    });
    expect(problems.map(({ code, message }) => `${code} ${message}`)).toEqual([
      expect.stringMatching(/^limit-reached .*too many files/),
    ]);
    expect(stored.owned?.length).toBeLessThan(2_000_000);
  });

  test('that are too large report that', () => {
    const problems: Problem[] = [];
    const collector = new PackageFilesCollector((problem) => problems.push(problem));
    collector.unread(entry('lib/apk/db/installed', 1e9));
    collector.unread(entry('srv/large', 1e9));
    expect(problems.map((problem) => problem.path)).toEqual(['lib/apk/db/installed']);
  });

  test.each<[string, Record<string, string>]>([
    ['without an end', { 'lib/apk/db/installed': 'F:usr/bin\nR:' }],
    ['of bytes', { 'lib/apk/db/installed': '\0\nF\nR\n:\nF:\nR:\n' }],
    ['of a long path', { 'lib/apk/db/installed': `F:${'a'.repeat(5000)}\nR:b\nR:${'c'.repeat(5000)}` }],
    ['that are not a database', { 'var/lib/rpm/Packages': 'x'.repeat(5000), 'var/lib/rpm/rpmdb.sqlite-wal': 'y' }],
    ['of many lines', { 'var/lib/dpkg/info/a.list': '\n'.repeat(5_000_000) }],
    ['of one space', { 'var/lib/dpkg/status.d/a.md5sums': ' \n  \n x' }],
  ])('%s do no harm', async (_, files) => {
    const { own } = await collect(files);
    expect(isOwned(own, 'usr/bin/a')).toBe(false);
  });

  test('cost composing a step a lookup', async () => {
    const { stored } = await collect({ 'var/lib/dpkg/info/a.list': '/usr/bin/a\n' });
    const budget = testBudget({ steps: 10 });
    const owned = ownedByAny(Array<PackageFiles>(4).fill(stored), budget);
    expect(['a', 'b', 'c', 'd'].map((name) => owned(`usr/bin/${name}`))).toEqual([true, false, false, false]);
    expect(budget.problem()).toBeDefined();
  });
});
