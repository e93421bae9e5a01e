/** What the name of an archive says: `NAME-VERSION.jar`, as Maven and Gradle write it. */
export interface ArchiveName {
  readonly artifact: string;
  readonly version?: string;
}

const longest = 300;
const extension = /\.[^.]+$/;
/** What Maven appends to the version of an archive beside the main one. */
const classifier = /-(?:jar-with-dependencies|with-dependencies|all|shaded|uber|standalone|exec|runner|nodep)$/;
const noProgram = /-(?:sources|javadoc)$/;
/** Words within versions: `1.0-alpha-2`. */
const qualifier = /^(?:alpha|beta|rc|cr|m|milestone|pre|preview|ea|b|build|r|rev|sp|patch|jre|jdk|snapshot)\d*$/i;
/** The bundles of Eclipse have an underscore before the version. */
const bundle = /^([A-Za-z].*)_(\d[^_]*)$/;

/** The name and version in the path of an archive; undefined for sources and documentation, which are not run. */
export function archiveName(path: string): ArchiveName | undefined {
  const base = path.slice(path.lastIndexOf('/') + 1).replace(extension, '');
  if (base.length > longest || noProgram.test(base)) return undefined;
  const name = base.replace(classifier, '');
  const words = name.split('-');
  const first = words.findIndex((word, at) => at > 0 && /^v?\d/.test(word) && isVersion(words.slice(at)));
  if (first > 0) {
    const version = words.slice(isLine(words, first) ? first + 1 : first);
    return { artifact: words.slice(0, first).join('-'), version: version.join('-').replace(/^v/, '') };
  }
  const [, artifact, version] = bundle.exec(name) ?? [];
  return artifact === undefined || version === undefined ? { artifact: name } : { artifact, version };
}

/** Whether a number only names the line of the version after it, as in Debian's `log4j-1.2-1.2.17.jar`. */
function isLine(words: readonly string[], at: number): boolean {
  return words[at + 1]?.startsWith(`${words[at] ?? ''}.`) === true;
}

/** Whether a version can be these words: `api` before a number is a part of the name, and so is `v7` in Android's. */
function isVersion([first = '', ...words]: readonly string[]): boolean {
  if (/^v\d+$/.test(first) && /^\d/.test(words[0] ?? '')) return false;
  return !words.some((word, at) => {
    const before = words[at - 1] ?? '';
    return /^\d/.test(word) && /^[A-Za-z]/.test(before) && !qualifier.test(before);
  });
}
