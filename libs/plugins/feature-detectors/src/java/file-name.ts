/** What the name of an archive says: `NAME-VERSION.jar`, as Maven and Gradle write it. */
export interface ArchiveName {
  readonly artifact: string;
  readonly version?: string;
}

const longest = 300;
const extension = /\.[^.]+$/;
/** What Maven appends to the version of an archive beside the main one. */
const classifier =
  /-(?:jar-with-dependencies|with-dependencies|all|shaded|shaded-protobuf|uber|standalone|exec|runner|boot|plain|nodep|no_?aop)$/;
/** The platform that an archive has native libraries for. */
const platform =
  /-(?:linux|osx|macosx?|mac|windows|win32|win64|win)(?:[-_](?:x86(?:_64|_32)?|x64|amd64|i386|i686|aarch_?64|arm64|arm(?:hf|_?32|v[67])?|ppc(?:le_|64)\w*|s390(?:x|_64)|riscv64))?(?:-(?:fedora|suse|musl))?$/;
const noProgram = /-(?:sources|javadoc)$/;
/** Words within versions: `1.0-alpha-2`. */
const qualifier =
  /^(?:alpha|beta|rc|cr|m|milestone|pre|preview|ea|b|build|r|rev|sp|patch|jre|jdk|snapshot|stable|redhat)\d*$/i;
/** The bundles of Eclipse are named after a domain, and have an underscore before the version. */
const bundle = /^([A-Za-z][\w-]*(?:\.[\w-]+)+)_(\d+\.\d+\.\d[^_]*)$/;

/** The name and version in the path of an archive; undefined for sources and documentation, which are not run. */
export function archiveName(path: string): ArchiveName | undefined {
  const base = baseOf(path);
  if (base.length > longest || noProgram.test(base)) return undefined;
  return versionedName(base.replace(classifier, '').replace(platform, '')) ?? versionedName(base) ?? { artifact: base };
}

/** The name of a file without its extension. */
export function baseOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1).replace(extension, '');
}

function versionedName(name: string): ArchiveName | undefined {
  const words = name.split('-');
  const first = words.findIndex((word, at) => at > 0 && startsVersion(word, words.slice(at + 1)));
  if (first > 0) {
    const version = words.slice(isLine(words, first) ? first + 1 : first).join('-');
    return { artifact: words.slice(0, first).join('-'), version: version.replace(/^v(?!\d+-rev)/, '') };
  }
  const [, artifact, version] = bundle.exec(name) ?? [];
  return artifact === undefined || version === undefined ? undefined : { artifact, version };
}

/** Whether a number only names the line of the version after it, as in Debian's `log4j-1.2-1.2.17.jar`. */
function isLine(words: readonly string[], at: number): boolean {
  return words[at + 1]?.startsWith(`${words[at] ?? ''}.`) === true;
}

/** Whether a word is the first one of a version: `api` and `v7` (of Android's) before a number are parts of the name. */
function startsVersion(word: string, rest: readonly string[]): boolean {
  const [next] = rest;
  if (!/^v?\d/.test(word) || (/^v\d+(?:_|$)/.test(word) && next !== undefined && !/^rev\d/.test(next))) return false;
  return !rest.some((one, at) => {
    const before = rest[at - 1] ?? '';
    return /^\d/.test(one) && /^[A-Za-z]/.test(before) && !qualifier.test(before);
  });
}
