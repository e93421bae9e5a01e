import { type FoundTexts, firstMatch, onlyToken } from './found-texts';
import { pythonVersion } from './python-version';
import { redisVersion } from './redis-version';

/** How the version of a runtime is written into its files. */
export interface Program {
  /** The name of the package, which has a row in `@clarion/ecosystems`. */
  readonly runtime: string;
  /** Names of its files: `*` is any characters. */
  readonly files: readonly string[];
  /** Its version is the first group, in any of the texts; or what a function finds. Matches end at whole versions only. */
  readonly version: RegExp | ((texts: FoundTexts, fileName: string) => string | undefined);
}

/**
 * Every program that is recognised. A version must be a whole token: `1.2.3` in `1.2.34` does not count.
 * What follows it in the program is part of each pattern.
 */
export const programs: readonly Program[] = [
  { runtime: 'bash', files: ['bash'], version: /@\(#\)Bash version (\d+\.\d+\.\d+)\(/ },
  // In its own image, the first of its several hundred names is the one that has the bytes.
  { runtime: 'busybox', files: ['busybox', 'busybox.static', '['], version: /BusyBox v(\d+\.\d+\.\d+)(?![\w.])/ },
  { runtime: 'curl', files: ['curl'], version: /(?<![\w-])curl\/(\d+\.\d+\.\d+)(?![\w.])/ },
  { runtime: 'envoy', files: ['envoy'], version: onlyToken(/^1\.[1-4]\d\.\d+$/) },
  { runtime: 'git', files: ['git'], version: /(?<![\w-])git\/(\d+\.\d+(?:\.\d+)?(?:[.-]rc\d+)?)(?![\w.])/ },
  {
    runtime: 'go',
    files: ['bin/go', 'bin/go.exe'],
    // The header has 32 bytes, then the text with its length. Before Go 1.18 there is a pointer instead.
    version: /\xff Go buildinf:[^]{18}[^]go(\d+\.\d+(?:\.\d+)?(?:(?:rc|beta)\d+)?)(?![\w.])/,
  },
  {
    runtime: 'haproxy',
    files: ['haproxy'],
    // A version of Debian with another one in it names what is really there.
    version: /version (?:[\w.-]{1,40}\+really)?(\d+\.\d+(?:\.\d+|-dev\d+))(?![\w.])[^\0,]{0,60}, released 20/,
  },
  { runtime: 'httpd', files: ['httpd', 'apache2'], version: /(?<![\w-])Apache\/(\d+\.\d+\.\d+)(?![\w.])/ },
  {
    runtime: 'libcurl',
    files: ['libcurl.so*', 'libcurl-gnutls.so*', 'libcurl-nss.so*'],
    // Before 7.75 only a request names it: `CLIENT libcurl 7.74.0`.
    version: /libcurl[/ ](\d+\.\d+\.\d+)(?![\w.])/,
  },
  { runtime: 'lighttpd', files: ['lighttpd'], version: /(?<![\w-])lighttpd\/(\d+\.\d+\.\d+)(?![\w.])/ },
  { runtime: 'mariadb', files: ['mariadbd', 'mariadb', 'mysqld', 'mysql'], version: /\0(\d+\.\d+\.\d+)-MariaDB/ },
  { runtime: 'memcached', files: ['memcached'], version: /(?<![\w-])memcached (\d+\.\d+\.\d+)(?![\w.])/ },
  { runtime: 'mysql', files: ['mysqld', 'mysql'], version: /\/mysql-(\d+\.\d+\.\d+)(?![\w.])/ },
  { runtime: 'nginx', files: ['nginx'], version: /(?<![\w-])nginx\/(\d+\.\d+\.\d+)(?![\w.])/ },
  {
    runtime: 'node',
    files: ['node', 'nodejs', 'libnode.so*'],
    version: /node\.js\/v(\d+\.\d+\.\d+(?:-[0-9A-Za-z.]{1,40})?)(?![\w.])/,
  },
  {
    runtime: 'openresty',
    files: ['nginx', 'openresty'],
    version: /(?<![\w-])openresty\/(\d+\.\d+\.\d+\.\d+)(?![\w.])/,
  },
  {
    runtime: 'openssl',
    files: ['openssl', 'libcrypto.so*', 'libssl.so*'],
    version:
      /OpenSSL (\d+\.\d+\.\d+[a-z]{0,2}(?:-(?:alpha|beta|pre)\d{1,2})?)(?:-fips|-dev)? {1,2}\d{1,2} [A-Z][a-z]{2} \d{4}/,
  },
  { runtime: 'perl', files: ['perl', 'perl5*', 'libperl.so*'], version: /\0v(5\.\d+\.\d+)\0/ },
  {
    runtime: 'php',
    files: ['php', 'php5*', 'php7*', 'php8*', 'php-fpm*', 'php-cgi*', 'libphp*.so*'],
    version: /X-Powered-By: PHP\/(\d+\.\d+\.\d+(?:(?:RC|alpha|beta)\d+)?)(?![\w.])/,
  },
  {
    runtime: 'postgresql',
    files: ['postgres'],
    version: /postgres \(PostgreSQL\) (\d+(?:\.\d+){0,2}(?:(?:beta|rc)\d+)?)(?![\w.])/,
  },
  { runtime: 'python', files: ['python', 'python2*', 'python3*', 'libpython*.so*'], version: pythonVersion },
  { runtime: 'redis', files: ['redis-server', 'redis-check-rdb', 'redis-sentinel'], version: redisVersion },
  {
    runtime: 'ruby',
    files: ['ruby', 'ruby2*', 'ruby3*', 'ruby4*', 'libruby*.so*'],
    version: /(?<![\w-])ruby (\d+\.\d+\.\d+(?:preview\d+|rc\d+)?)(?:p\d+|dev)? \(/,
  },
  {
    runtime: 'sqlite',
    files: ['sqlite3', 'libsqlite3.so*'],
    // Before 3.35 it follows a table of characters, whose last byte is 255.
    version: (texts) => onlyToken(/^3\.\d{1,2}\.\d+$/)(texts) ?? firstMatch(/\xff(3\.[23]\d\.\d{1,2})\0/, texts),
  },
  {
    runtime: 'traefik',
    files: ['traefik'],
    version: (texts) =>
      firstMatch(/\/pkg\/version\.Version=v?(\d+\.\d+\.\d+(?:-rc\.?\d+)?)(?![\w.])/, texts) ??
      onlyToken(/^[123]\.\d+\.\d+(?:-rc\.?\d+)?$/)(texts),
  },
];

/** Globs over the ends of their paths. */
export const programNames: readonly string[] = [...new Set(programs.flatMap(({ files }) => files))];

/** The programs that a file may be, by its path. */
export function programsNamed(path: string): readonly Program[] {
  return compiled.filter(({ name }) => name.test(path)).map(({ program }) => program);
}

const compiled = programs.map((program) => {
  const names = program.files.map((name) => name.replace(/[.+[]/g, '\\$&').replaceAll('*', '[^/]*'));
  return { program, name: new RegExp(`(?:^|/)(?:${names.join('|')})$`) };
});
