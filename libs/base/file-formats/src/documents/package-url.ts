/** The parts of a package URL that advisories use (https://github.com/package-url/purl-spec), percent-decoded. */
export interface PackageUrl {
  readonly type: string;
  /** Empty when there is none. */
  readonly namespace: string;
  readonly name: string;
  readonly version?: string;
  readonly qualifiers: ReadonlyMap<string, string>;
}

const longest = 4096;

/** Reads `pkg:type/namespace/name@version?qualifiers#subpath`; undefined when the text is not a package URL. */
export function parsePackageUrl(text: string): PackageUrl | undefined {
  if (text.length > longest || !text.startsWith('pkg:')) return undefined;
  const withoutSubpath = before(text.slice(4), '#');
  // `pkg://type/…` is tolerated, as the specification requires.
  const body = before(withoutSubpath, '?').replace(/^\/\//, '');
  const slash = body.indexOf('/');
  if (slash <= 0) return undefined;
  const rest = body.slice(slash + 1);
  // The version can only contain an encoded slash; the `@` of an npm scope is before the last slash.
  const at = rest.lastIndexOf('@');
  const versionAt = at > 0 && at > rest.lastIndexOf('/') ? at : rest.length;
  const path = rest.slice(0, versionAt).replace(/^\/+|\/+$/g, '');
  const nameAt = path.lastIndexOf('/') + 1;
  const name = decode(path.slice(nameAt));
  if (name === undefined || name === '') return undefined;
  const version = decode(rest.slice(versionAt + 1));
  return {
    type: body.slice(0, slash).toLowerCase(),
    namespace: decode(path.slice(0, Math.max(0, nameAt - 1))) ?? '',
    name,
    ...(version === undefined || version === '' ? {} : { version }),
    qualifiers: qualifiersOf(withoutSubpath.slice(before(withoutSubpath, '?').length + 1)),
  };
}

const none: ReadonlyMap<string, string> = new Map();

function qualifiersOf(text: string): ReadonlyMap<string, string> {
  if (text === '') return none;
  const qualifiers = new Map<string, string>();
  for (const pair of text.split('&')) {
    const equals = pair.indexOf('=');
    const value = equals > 0 ? decode(pair.slice(equals + 1)) : undefined;
    if (value !== undefined && value !== '') qualifiers.set(pair.slice(0, equals).toLowerCase(), value);
  }
  return qualifiers;
}

function before(text: string, mark: string): string {
  const at = text.indexOf(mark);
  return at < 0 ? text : text.slice(0, at);
}

/** Undefined for invalid percent-encoding. */
function decode(text: string): string | undefined {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
