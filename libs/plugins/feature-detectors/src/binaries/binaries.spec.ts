import { runtimeOf } from '@clarion/ecosystems';
import { testBudget } from '@clarion/test-kit';
import { versionScheme } from '@clarion/version-schemes';
import fc from 'fast-check';
import { giveFile } from '../../testing/give-file';
import { binaries } from '.';
import { programs } from './programs';

const elf = Buffer.concat([Buffer.from('\x7fELF\x02\x01\x01', 'latin1'), Buffer.alloc(57)]);

/** The packages of a program with these texts, each between zero bytes unless they begin and end otherwise. */
async function found(path: string, ...texts: readonly string[]): Promise<readonly string[] | undefined> {
  const content = Buffer.concat([elf, Buffer.from(`\0${texts.join(`\0${'.'.repeat(300)}\0`)}\0`, 'latin1')]);
  const given = await giveFile({ path, content }, binaries.files);
  if (given === undefined) return undefined;
  const { features = [], problems } = await binaries.detect([given], testBudget());
  expect(problems).toEqual([]);
  expect(features.every((feature) => feature.type === 'generic' && feature.path === path)).toBe(true);
  return features.map(({ name, version }) => `${name} ${version}`);
}

// Texts of real programs.
test.each<[path: string, found: string, texts: readonly string[]]>([
  ['bin/bash', 'bash 5.2.15', ['@(#)Bash version 5.2.15(1) release GNU']],
  ['bin/busybox', 'busybox 1.35.0', ['BusyBox v1.35.0 (Debian 1:1.35.0-4+deb12u1+b1)']],
  ['bin/[', 'busybox 1.37.0', ['BusyBox v1.37.0 (2024-09-26 21:31:42 UTC)']],
  ['opt/bin/busybox', 'busybox 1.36.1', ['BusyBox v1.36.1 (2024-06-10 07:11:47 UTC)']],
  ['opt/bin/curl', 'curl 7.88.1', ['7.88.1-10+deb12u15', 'curl 7.88.1 (x86_64-pc-linux-gnu) %s', 'curl/7.88.1']],
  ['usr/lib/libcurl.so.4.7.0', 'libcurl 7.74.0', ['CLIENT libcurl 7.74.0\r\n']],
  ['usr/lib/libcurl.so.4.8.0', 'libcurl 7.88.1', ['CLIENT libcurl 7.88.1', 'libcurl/7.88.1']],
  ['usr/local/bin/envoy', 'envoy 1.28.0', ['1.2.13', '1.28.0']],
  ['usr/bin/git', 'git 2.39.5', ['1.2.13', 'git/2.39.5', '2.39.5']],
  ['usr/local/go/bin/go', 'go 1.22.1', [`\xff Go buildinf:\x08\x02${'\0'.repeat(16)}\x08go1.22.1\x10path\tcmd/go`]],
  ['sbin/haproxy', 'haproxy 2.6.12', [' version 2.6.12-1+deb12u4, released 2026/10/17', '2.6.12-1+deb12u4']],
  ['sbin/haproxy', 'haproxy 3.1.2', [' version 3.1.7+really3.1.2-1, released 2025/10/17']],
  ['sbin/haproxy', 'haproxy 3.0-dev1', [' version 3.0-dev1-f72603c, released 2023/12/15']],
  ['usr/sbin/apache2', 'httpd 2.4.71', ['Apache/2.4.71', 'Apache/2.4.71 (Debian)']],
  ['usr/local/apache2/bin/httpd', 'httpd 2.4.58', ['Apache/2.4.58 (Unix)']],
  ['usr/sbin/lighttpd', 'lighttpd 1.4.69', ['lighttpd/1.4.69 (ssl) - a light and fast webserver']],
  ['usr/sbin/mariadbd', 'mariadb 10.11.19', ['Example 10.1.1-MariaDB-mariadb1precise-log.', '10.11.19-MariaDB']],
  ['usr/sbin/mysqld', 'mariadb 10.11.19', ['10.11.19-MariaDB']],
  ['usr/sbin/mysqld', 'mysql 8.0.35', ['/../../mysql-8.0.35/sql/mysqld.cc']],
  ['usr/local/bin/memcached', 'memcached 1.6.18', ['memcached 1.6.18', 'VERSION 1.6.18']],
  ['sbin/nginx', 'nginx 1.22.1', ['nginx version: nginx/1.22.1', 'built with OpenSSL 3.0.22 25 Aug 2026']],
  ['usr/local/openresty/nginx/sbin/nginx', 'openresty 1.21.4.1', ['nginx version: openresty/1.21.4.1']],
  ['opt/node/bin/node', 'node 20.20.2', ['node.js/v20.20.2', 'v20.20.2']],
  ['usr/lib/libnode.so.108', 'node 18.20.4', ['https://nodejs.org/download/release/v18.20.4', 'node.js/v18.20.4']],
  ['bin/openssl', 'openssl 3.0.22', ['OPENSSL_3.0.9', 'e.g. "1.2.3.4:int:56789"', 'OpenSSL 3.0.22 25 Aug 2026']],
  ['usr/lib64/libcrypto.so.1.0.2k', 'openssl 1.0.2k', ['OpenSSL 1.0.2k-fips  26 Jan 2017']],
  ['usr/lib/libssl.so.1.1', 'openssl 1.1.1w', ['OpenSSL 1.1.1w  11 Sep 2023']],
  ['opt/bin/perl', 'perl 5.36.0', ['v5.36.0', '/usr/local/share/perl/5.36.0']],
  ['usr/lib/libperl.so.5.36.0', 'perl 5.36.0', ['v5.36.0']],
  ['usr/bin/php8.2', 'php 8.2.36', ['X-Powered-By: PHP/8.2.36']],
  ['usr/local/sbin/php-fpm', 'php 8.3.0RC3', ['X-Powered-By: PHP/8.3.0RC3']],
  ['usr/lib/postgresql/15/bin/postgres', 'postgresql 15.20', ['postgres (PostgreSQL) 15.20 (Debian 15.20-0+deb12u1)']],
  ['usr/local/bin/postgres', 'postgresql 16beta1', ['postgres (PostgreSQL) 16beta1']],
  ['usr/bin/python3.11', 'python 3.11.2', ['1.2.13', '14.0.0', '3.2.0', '3.11.2']],
  ['usr/lib/libpython3.13.so.1.0', 'python 3.13.0rc1', ['3.2.0', '3.13.0rc1']],
  ['usr/bin/python2.7', 'python 2.7.18', ['2.7.18']],
  ['opt/bin/python', 'python 3.12.4', ['3.2.0', '3.45.1', '.cpython-312-x86_64-linux-gnu.so', '3.12.4']],
  ['opt/python/bin/python3.8', 'python 3.8.18', ['/root/.pyenv/versions/3.8.18/lib']],
  ['opt/python/bin/python3.8', 'python 3.8.18', ['/tmp/python-build.20260509073238.203/Python-3.8.18']],
  ['usr/bin/redis-check-rdb', 'redis 7.0.15', ['7.0.15', '2.8.13', '7.0.3', '6.2.0', 'A7.0.151790282056000000000']],
  ['opt/bin/redis-server', 'redis 6.2.14', ['6.2.14', '2.8.0', '6.2.0', '6.2.14912196-d8565-1701469167040305114']],
  ['usr/local/bin/redis-server', 'redis 7.2.4', ['2.8.0', '7.2.4', '7.2.4buildkitsandbox-1704899123000000000']],
  [
    'usr/lib/libruby-3.1.so.3.1.2',
    'ruby 3.1.2',
    ['/usr/lib/ruby/3.1.0', 'ruby 3.1.2p20 (2022-04-12 revision 4491bb740a)'],
  ],
  ['usr/local/bin/ruby', 'ruby 3.3.0preview2', ['ruby 3.3.0preview2 (2023-09-14 master e50fcca9a7)']],
  ['usr/lib/libsqlite3.so.0.8.6', 'sqlite 3.40.1', ['3.40.1']],
  ['lib/libsqlite3.so.0.8.6', 'sqlite 3.34.1', ['\xfe\xff3.34.1', '3.4']],
  ['usr/local/bin/traefik', 'traefik 2.10.7', ['-X github.com/traefik/traefik/v2/pkg/version.Version=2.10.7']],
  ['usr/local/bin/traefik', 'traefik 3.0.0', ['3.0.0']],
])('binaries recognises %s as %s', async (path, expected, texts) => {
  expect(await found(path, ...texts)).toEqual([expected]);
});

test.each<[what: string, path: string, texts: readonly string[]]>([
  ['another name', 'usr/bin/server', ['nginx/1.22.1']],
  ['a name that only begins alike', 'usr/bin/nginx-agent', ['nginx/1.22.1']],
  ['a version with more digits', 'bin/openssl', ['OpenSSL 3.0.22.1']],
  ['a version within an identifier', 'usr/bin/curl', ['my-curl/7.88.1', 'curl/7.88.1x']],
  ['a version without a patch', 'usr/bin/nginx', ['nginx/1.22']],
  ['several versions that may be its own', 'usr/bin/sqlite3', ['3.40.1', '3.41.0']],
  ['only versions of other things', 'usr/bin/python3.11', ['1.2.13', '14.0.0', '3.2.0']],
  ['Python without a minor version', 'usr/bin/python3', ['3.2.0', '3.11.2']],
  ['Redis without a build id', 'usr/bin/redis-server', ['7.0.15', '2.8.13']],
  ['a build id that is no version', 'usr/bin/redis-server', ['7.0.15', 'A8.0.151790282056000000000']],
  ['nothing', 'usr/bin/node', []],
])('binaries lists nothing for %s', async (_, path, texts) => {
  expect(await found(path, ...texts)).toEqual([]);
});

test('binaries is given no scripts', async () => {
  const content = Buffer.from('#!/bin/sh\necho nginx/1.22.1\n');
  expect(await giveFile({ path: 'usr/sbin/nginx', content }, binaries.files)).toBeUndefined();
});

test('every program has a row, and versions that its scheme knows', () => {
  for (const { runtime } of programs) {
    const scheme = versionScheme(runtimeOf(runtime)?.versionScheme ?? '');
    expect([runtime, scheme?.isValid('1.22.1')]).toEqual([runtime, true]);
  }
});

test('a program full of versions is a problem of the excerpt', async () => {
  const content = Buffer.concat([elf, Buffer.from('\x003.40.1'.repeat(30_000), 'latin1')]);
  const given = await giveFile({ path: 'bin/python3', content }, binaries.files);
  expect(given?.excerpt?.leftOut).toHaveLength(1);
  expect(given?.content.length).toBeLessThan(2_000_000);
});

test('binaries throws nothing, and takes bounded time, whatever a program contains', async () => {
  const pieces = fc.constantFrom(
    '\0',
    '3.',
    '7.0.15',
    '000000000\0',
    '/Python-',
    'cpython-3',
    '-MariaDB',
    'OpenSSL ',
    '1',
  );
  const name = fc.constantFrom('python', 'redis-server', 'mysqld', 'nginx', 'libcrypto.so', 'envoy', 'php', 'ruby');
  await fc.assert(
    fc.asyncProperty(name, fc.array(pieces, { maxLength: 400 }), async (file, texts) => {
      const content = Buffer.concat([elf, Buffer.from(texts.join(''), 'latin1')]);
      const given = (await giveFile({ path: `bin/${file}`, content }, binaries.files))!;
      const { features = [] } = await binaries.detect([given], testBudget());
      expect(features.every(({ version }) => /^\d+\.\d+/.test(version))).toBe(true);
    }),
  );
});
