/** Versions between zero bytes that begin like this; the file's name decides whether they are the program's own. */
const tokens: readonly (readonly [major: number, minors: readonly number[]])[] = [
  [1, [1, 2, 3, 4]],
  [2, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]],
  [3, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]],
  [4, [0]],
  [5, [0]],
  [6, [0, 2]],
  [7, [0, 2, 4]],
  [8, [0, 2, 4, 6, 8]],
];

/** The bytes that are searched for in every program. All programs together can have 64 patterns. */
export const searchedPatterns: readonly string[] = [
  ...['\xff Go buildinf:', 'node.js/v', 'OpenSSL ', 'curl/', 'BusyBox v', 'memcached ', 'nginx/', 'openresty/'],
  ...['Apache/', '(PostgreSQL) ', '-MariaDB', '/mysql-', 'X-Powered-By: PHP/', 'ruby ', '\0v5.', ', released 20'],
  ...['Bash version ', 'git/', 'lighttpd/', 'Python-', '/versions/', 'cpython-3', 'version.Version='],
  // SQLite before 3.35, and libcurl before 7.75.
  ...['\xff3.2', '\xff3.3', 'libcurl '],
  // The end of the build id of Redis.
  '000000000\0',
  ...tokens.flatMap(([major, minors]) => minors.map((minor) => `\0${major}.${minor}`)),
];
