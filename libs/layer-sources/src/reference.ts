import { ClarionError, isDigest, type Digest } from '@clarion/model';

/** A registry reference, completed as docker does it: `alpine` is `docker.io/library/alpine:latest`. */
export interface ImageReference {
  /** Registry host, with port where one is given. */
  readonly host: string;
  readonly repository: string;
  readonly tag?: string;
  readonly digest?: Digest;
}

const maxNameLength = 255;
const component = /^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*$/;
const hostPattern = /^(?:\[[0-9a-fA-F:.]+\]|[a-zA-Z0-9]+(?:[.-]+[a-zA-Z0-9]+)*)(?::\d{1,5})?$/;
const tagPattern = /^\w[\w.-]{0,127}$/;

/** Parses a reference, or tells that it is none. https://github.com/distribution/reference */
export function parseReference(text: string): ImageReference | undefined {
  if (text.length > 1024) return undefined;
  const at = text.indexOf('@');
  const digest = at < 0 ? undefined : text.slice(at + 1);
  if (digest !== undefined && !isDigest(digest)) return undefined;
  const named = splitTag(at < 0 ? text : text.slice(0, at));
  if (named.tag !== undefined && !tagPattern.test(named.tag)) return undefined;
  const { host, path } = splitHost(named.name);
  const repository = host === 'docker.io' && !path.includes('/') ? `library/${path}` : path;
  if (!hostPattern.test(host) || host.length + repository.length >= maxNameLength) return undefined;
  if (!repository.split('/').every((part) => component.test(part))) return undefined;
  const tag = named.tag ?? (digest === undefined ? 'latest' : undefined);
  return {
    host,
    repository,
    ...(tag === undefined ? {} : { tag }),
    ...(digest === undefined ? {} : { digest }),
  };
}

function splitTag(text: string): { name: string; tag: string | undefined } {
  const colon = text.lastIndexOf(':');
  if (colon <= text.lastIndexOf('/')) return { name: text, tag: undefined };
  return { name: text.slice(0, colon), tag: text.slice(colon + 1) };
}

/** The first component is a host when it cannot be a repository name: a dot, a port, `localhost` or a capital. */
function splitHost(name: string): { host: string; path: string } {
  const slash = name.indexOf('/');
  const first = slash < 0 ? '' : name.slice(0, slash);
  if (slash < 0 || !(/[.:A-Z]/.test(first) || first === 'localhost')) return { host: 'docker.io', path: name };
  const host = first === 'index.docker.io' ? 'docker.io' : first;
  return { host, path: name.slice(slash + 1) };
}

/** Parses a reference. Throws `invalid-input`. */
export function requireReference(text: string): ImageReference {
  const parsed = parseReference(text);
  if (parsed !== undefined) return parsed;
  const lower = lowerCaseName(text);
  throw new ClarionError('invalid-input', `"${text.slice(0, 300)}" is neither a file nor an image reference`, {
    remedy:
      lower !== text && parseReference(lower) !== undefined
        ? `names of images are in lower case: ${lower}`
        : 'name an image like alpine:3.22 or registry.example/team/app:1, or an archive or directory that exists',
  });
}

/** The name in lower case, the tag as it is. */
function lowerCaseName(text: string): string {
  const at = text.indexOf('@');
  const { name, tag } = splitTag(at < 0 ? text : text.slice(0, at));
  return `${name.toLowerCase()}${tag === undefined ? '' : `:${tag}`}${at < 0 ? '' : text.slice(at)}`;
}

/** The whole spelling of a reference. */
export function formatReference(reference: ImageReference): string {
  const { host, repository, tag, digest } = reference;
  return `${host}/${repository}${tag === undefined ? '' : `:${tag}`}${digest === undefined ? '' : `@${digest}`}`;
}

/** Tells whether two names mean the same image: `alpine:3.22` and `docker.io/library/alpine:3.22` do. */
export function sameImageName(a: string, b: string): boolean {
  if (a === b) return true;
  const [left, right] = [parseReference(a), parseReference(b)];
  return left !== undefined && right !== undefined && formatReference(left) === formatReference(right);
}
