/** A program or library that images contain as plain files, without a package manager: its own name, order and CPE. */
export interface Runtime {
  /** The name of its packages, in package URLs too: `pkg:generic/nginx@1.22.1`. */
  readonly name: string;
  /** Id of the scheme that orders its versions. */
  readonly versionScheme: string;
  /**
   * `vendor:product` of CPE. The first is its name today; advisories may still have the others. Absent where CPE has no
   * name for it.
   */
  readonly products?: readonly string[];
  /** Which feeds list its flaws: the one with the name of the project where there is one, else NVD by CPE. */
  readonly advisories: 'own-feed' | 'nvd';
}

/** The order of Python's versions (1.2 < 1.10rc1 < 1.10) is that of most projects: numbers, with a pre-release after them. */
const numbers = 'pep440';

function inNvd(name: string, ...products: readonly string[]): Runtime {
  return { name, versionScheme: numbers, products, advisories: 'nvd' };
}

/** Every known runtime, sorted by name. */
export const runtimes: readonly Runtime[] = [
  inNvd('bash', 'gnu:bash'),
  inNvd('busybox', 'busybox:busybox'),
  inNvd('curl', 'haxx:curl', 'haxx:libcurl'),
  inNvd('envoy', 'envoyproxy:envoy'),
  inNvd('git', 'git-scm:git', 'git:git'),
  // Flaws of the standard library are found in the programs themselves.
  { name: 'go', versionScheme: 'go', products: ['golang:go'], advisories: 'own-feed' },
  inNvd('haproxy', 'haproxy:haproxy'),
  inNvd('httpd', 'apache:http_server'),
  // Versions of Java 8 have an underscore: 1.8.0_392.
  { name: 'jdk', versionScheme: 'rpm', products: ['oracle:jdk', 'oracle:jre'], advisories: 'nvd' },
  // Flaws of the library and of the tool have either name.
  inNvd('libcurl', 'haxx:libcurl', 'haxx:curl'),
  inNvd('lighttpd', 'lighttpd:lighttpd'),
  inNvd('mariadb', 'mariadb:mariadb'),
  inNvd('memcached', 'memcached:memcached'),
  inNvd('mysql', 'oracle:mysql', 'oracle:mysql_server', 'mysql:mysql'),
  inNvd('nginx', 'f5:nginx', 'f5:nginx_open_source', 'nginx:nginx'),
  { name: 'node', versionScheme: 'npm', products: ['nodejs:node.js'], advisories: 'own-feed' },
  { name: 'openjdk', versionScheme: 'rpm', products: ['oracle:openjdk'], advisories: 'nvd' },
  inNvd('openresty', 'openresty:openresty'),
  { name: 'openssl', versionScheme: 'openssl', products: ['openssl:openssl'], advisories: 'nvd' },
  inNvd('perl', 'perl:perl'),
  inNvd('php', 'php:php'),
  inNvd('postgresql', 'postgresql:postgresql'),
  inNvd('python', 'python:python', 'python:cpython', 'python_software_foundation:python'),
  inNvd('redis', 'redis:redis', 'redislabs:redis', 'pivotal_software:redis'),
  inNvd('ruby', 'ruby-lang:ruby'),
  inNvd('sqlite', 'sqlite:sqlite'),
  inNvd('traefik', 'traefik:traefik', 'containous:traefik'),
];

const byName: ReadonlyMap<string, Runtime> = new Map(runtimes.map((runtime) => [runtime.name, runtime]));

/** The row of a runtime; undefined for other programs. */
export function runtimeOf(name: string): Runtime | undefined {
  return byName.get(name);
}
