/** How a runtime that was found is recognised, and which programs and libraries beside it are its own. */
export interface RuntimeLayout {
  readonly id: string;
  /** The type and the names of the packages that stand for it; without names, any of the type. */
  readonly type: string;
  readonly names?: readonly string[];
  /** The path of the file that proves it: `root` is empty or ends in a slash, and `series` as in `files`. */
  readonly proof: RegExp;
  /** The part of its version that the names of its directories have. */
  readonly series?: RegExp;
  /**
   * Paths of its files. `whole` is the directory that counts as one, `root` that of the proof, and `series` must be that
   * of the proof.
   */
  readonly files: RegExp;
  /** Its directories have names that anybody uses: what a layer above the proof adds there is not the runtime's. */
  readonly notAbove?: true;
}

/** What a runtime shares with everything that is installed: none is recognised by its root alone there. */
const sharedRoot = '(?:usr/(?:local/)?)?';
const jvmProof = new RegExp(`^(?!${sharedRoot}release$)(?<root>.+/)release$`);

const jvmArchitecture = '(?:/(?:amd64|x86|i[3-6]86|aarch(?:32|64)|arm(?:hf)?|ppc64(?:le)?|s390x?|riscv64|sparcv9))?';
const jvmVariant = '(?:/(?:server|client|minimal|zero|core|default|compressedrefs|j9vm|jli|headless|xawt))?';

const jvm = { type: 'generic', names: ['openjdk', 'jdk'], notAbove: true } as const;

function jvmFiles(inside: string): RegExp {
  const libraries = `lib${jvmArchitecture}${jvmVariant}(?=/(?:lib[\\w-]+\\.so|jexec|jspawnhelper)$)`;
  return new RegExp(`^(?<whole>(?<root>.+/)${inside}(?:bin(?=/[a-z][\\w-]*$)|${libraries}))/`);
}

/** Extensions of others are in the same directory as PHP's own, which have these names. */
const phpExtensions = [
  'bcmath|bz2|calendar|com_dotnet|ctype|curl|date|dba|dl_test|dom|enchant|exif|ffi|fileinfo|filter|ftp|gd|gettext|gmp',
  'hash|iconv|imap|interbase|intl|json|ldap|lexbor|libxml|mbstring|mcrypt|mysql|mysqli|mysqlnd|oci8|odbc|opcache',
  'openssl|pcntl|pcre|pdo|pdo_dblib|pdo_firebird|pdo_mysql|pdo_oci|pdo_odbc|pdo_pgsql|pdo_sqlite|pgsql|phar|posix',
  'pspell|random|readline|recode|reflection|session|shmop|simplexml|snmp|soap|sockets|sodium|spl|sqlite3|standard',
  'sysvmsg|sysvsem|sysvshm|tidy|tokenizer|uri|wddx|xml|xmlreader|xmlrpc|xmlwriter|xsl|zend_test|zip|zlib',
].join('|');

const goFiles = 'pkg/tool/\\w+/\\w+$|src/(?:cmd/)?vendor/|src/[^./]+/(?:[^/]+/)*?(?:testdata/|[^/]+\\.syso$)';

/**
 * Runtimes that consist of several programs and libraries. Node.js is one program, and what it brings besides are
 * packages of npm.
 */
export const runtimeLayouts: readonly RuntimeLayout[] = [
  { id: 'jvm', ...jvm, proof: jvmProof, files: jvmFiles('') },
  // A JDK of Java 8 has a runtime within.
  { id: 'jre', ...jvm, proof: jvmProof, files: jvmFiles('jre/') },
  {
    id: 'python',
    type: 'generic',
    names: ['python'],
    proof: /^(?<root>(?:.*\/)?)(?:bin\/python|lib(?:64)?\/libpython)[^/]*$/,
    series: /^\d+\.\d+/,
    files:
      /^(?<whole>(?<root>(?:.*\/)?)lib(?:64)?\/python(?<series>\d\.\d+)t?)\/(?:lib-dynload\/\w+(?:\.(?:cpython-[\w-]+|abi3|\w+-[\w-]+))?\.so|distutils\/command\/wininst-[\w.-]+\.exe)$/,
  },
  ...[`.+?/`, `.+/`].map((root, number): RuntimeLayout => ({
    id: `go-${number}`,
    type: 'generic',
    names: ['go'],
    proof: new RegExp(`^(?!${sharedRoot}bin/)(?<root>.+/)bin/go(?:\\.exe)?$`),
    files: new RegExp(`^(?<whole>(?<root>${root}))(?:${goFiles})`),
  })),
  {
    id: 'ruby',
    type: 'generic',
    names: ['ruby'],
    proof: /^(?<root>(?:.*\/)?)(?:bin\/ruby|lib(?:64)?\/libruby)[^/]*$/,
    series: /^\d+\.\d+/,
    files: /^(?<whole>(?<root>(?:.*\/)?)lib(?:64)?\/ruby\/(?<series>\d\.\d+)\.0\/\w+-[\w.-]+)\/(?:\w+\/)*\w+\.so$/,
  },
  {
    id: 'perl',
    type: 'generic',
    names: ['perl'],
    proof:
      /^(?<root>(?:.*\/)?)(?:bin\/perl[^/]*|lib(?:64)?\/(?:perl5\/)?(?:core_perl\/)?5[\d.]+\/[^/]+\/CORE\/libperl\.so)$/,
    series: /^5\.\d+\.\d+$/,
    files:
      /^(?<whole>(?<root>(?:.*\/)?)lib(?:64)?\/(?:perl5\/)?(?:core_perl\/)?(?<series>5\.\d+\.\d+)\/\w+-[\w.-]+)\/auto\/(?:\w+\/)+\w+\.so$/,
  },
  {
    id: 'php',
    type: 'generic',
    names: ['php'],
    proof: /^(?<root>(?:.*\/)?)(?:s?bin\/php|lib(?:64)?\/libphp)[^/]*$/,
    files: new RegExp(
      `^(?<whole>(?<root>(?:.*/)?)lib(?:64)?/php/extensions/(?:no-)?debug-(?:non-)?zts-\\d{8})/(?:${phpExtensions})\\.so$`,
    ),
  },
  {
    // PHP's own tool for such archives is one.
    id: 'php-phar',
    type: 'generic',
    names: ['php'],
    proof: /^(?<root>(?:.*\/)?)(?:s?bin\/php|lib(?:64)?\/libphp)[^/]*$/,
    files: /^(?<whole>(?<root>(?:.*\/)?)bin)\/phar[\d.]*\.phar$/,
  },
  {
    id: 'dotnet-shared',
    type: 'nuget',
    proof: /^(?<root>(?:.*\/)?)shared\/(?<series>Microsoft\.[\w.]+\/\d[^/]*)\/[^/]+\.deps\.json$/,
    files:
      /^(?<whole>(?<root>(?:.*\/)?)shared\/(?<series>Microsoft\.[\w.]+\/\d[^/]*))\/(?:[\w-]+\/)?(?:[\w.-]+\.(?:dll|so|dylib|exe)|createdump)$/,
  },
  {
    id: 'dotnet',
    type: 'nuget',
    proof: /^(?<root>.+\/)shared\/Microsoft\.NETCore\.App\/\d[^/]*\/[^/]+\.deps\.json$/,
    files:
      /^(?<whole>(?<root>.+\/)(?:host\/fxr|sdk|packs\/Microsoft\.[\w.-]+)\/\d[^/]*(?=\/)|(?<alone>.+\/)(?=dotnet(?:\.exe)?$))/,
  },
];
