import { ClarionError, isDigest, type Digest } from '@clarion/model';

/** A registry reference, completed as docker does it: `alpine` is `docker.io/library/alpine:latest`. */
export interface ImageReference {
  /** Registry host, with port if given. */
  readonly host: string;
  readonly repository: string;
  readonly tag?: string;
  readonly digest?: Digest;
}

const maxNameLength = 255;
const component = /^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*$/;
const hostPattern = /^(?:\[[0-9a-fA-F:.]+\]|[a-zA-Z0-9]+(?:[.-]+[a-zA-Z0-9]+)*)(?::\d{1,5})?$/;
const tagPattern = /^\w[\w.-]{0,127}$/;

/** Parses a reference; undefined if it is invalid. https://github.com/distribution/reference */
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
function splitHost(text: string): { host: string; path: string } {
  const slash = text.indexOf('/');
  const first = slash < 0 ? '' : text.slice(0, slash);
  if (slash < 0 || !(/[.:A-Z]/.test(first) || first === 'localhost')) return { host: 'docker.io', path: text };
  // Host names are case-insensitive. Without a dot or port, the capital letter shows that the component is a host.
  const name = /[.:]/.test(first) ? first.toLowerCase() : first;
  const host = name === 'index.docker.io' ? 'docker.io' : name;
  return { host, path: text.slice(slash + 1) };
}

/** Parses a reference. Throws `invalid-input`, with what to write instead. */
export function requireReference(text: string): ImageReference {
  refuseAddress(text, () => []);
  const parsed = parseReference(text);
  if (parsed !== undefined) return parsed;
  throw new ClarionError('invalid-input', `"${text.slice(0, 300)}" is not the name of an image`, {
    remedy: referenceRemedy(text) ?? `name an image like ${exampleNames}`,
  });
}

/** Names as they are written. */
export const exampleNames = 'alpine:3.22 or registry.example/team/app:1';

/** The remedy for a text that is nearly a reference. */
export function referenceRemedy(text: string): string | undefined {
  const lower = lowerCaseName(text);
  if (lower !== text && parseReference(lower) !== undefined) return `names of images are in lower case: ${lower}`;
  const at = text.indexOf('@');
  const isName = at > 0 && parseReference(text.slice(0, at)) !== undefined;
  return isName ? 'behind @ stands a whole digest: sha256: and 64 hexadecimal digits' : undefined;
}

/**
 * Rejects formats of other tools and web addresses, which look like references but are not. `others` suggests
 * alternatives for a scheme. Throws `invalid-input`.
 */
export function refuseAddress(text: string, others: (scheme: string, name: string) => readonly string[]): void {
  const [, scheme = '', rest] = /^([a-z+-]+):\/\/(.*)$/is.exec(text) ?? [];
  if (rest === undefined) return;
  const name = rest.replace(/^(?:hub\.docker\.com\/(?:r\/|_\/)?)/, '').slice(0, 300);
  const known = ['http', 'https', 'docker', 'oci'].includes(scheme.toLowerCase()) && parseReference(name) !== undefined;
  const remedies = known
    ? [`write ${name}`, ...others(scheme.toLowerCase(), name)]
    : [`write a name like ${exampleNames}`];
  throw new ClarionError('invalid-input', `${scheme.slice(0, 40)}:// is not part of the name of an image`, {
    remedy: remedies.join(', or '),
  });
}

/** The name in lower case, the tag unchanged. */
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

/** Whether two names mean the same image: `alpine:3.22` and `docker.io/library/alpine:3.22` do. */
export function sameImageName(a: string, b: string): boolean {
  if (a === b) return true;
  const [left, right] = [parseReference(a), parseReference(b)];
  return left !== undefined && right !== undefined && formatReference(left) === formatReference(right);
}
