import { ClarionError } from '@clarion/model';
import type { EgressRequest } from './request';
import { parseUrl } from './policy';

/** One leg of a request. */
export interface RequestHop {
  readonly url: URL;
  readonly method: string;
  readonly body: string | Uint8Array | undefined;
  /**
   * False once any redirect has left the origin that the caller named: from then on no headers of the caller are sent.
   */
  readonly sameOrigin: boolean;
}

const redirects = new Set([301, 302, 303, 307, 308]);

export function isRedirect(status: number): boolean {
  return redirects.has(status);
}

/** The hop that a redirect leads to (RFC 9110 §15.4); method and body change as in browsers. */
export function afterRedirect(
  hop: RequestHop,
  status: number,
  to: { readonly location: string; readonly first: URL },
): RequestHop {
  const url = parseUrl(to.location, hop.url);
  const toGet = hop.method !== 'HEAD' && (status === 303 || (status <= 302 && hop.method === 'POST'));
  return {
    url,
    method: toGet ? 'GET' : hop.method,
    body: toGet ? undefined : hop.body,
    sameOrigin: hop.sameOrigin && url.origin === to.first.origin,
  };
}

/**
 * Headers that a redirect to another origin still carries: they request a representation and contain nothing secret.
 */
const portable = new Set([
  'accept',
  'accept-encoding',
  'accept-language',
  'range',
  'if-range',
  'if-none-match',
  'if-modified-since',
  'content-type',
]);

/** Headers that belong to the connection or to us. */
const forbidden =
  /^(?:host|connection|keep-alive|transfer-encoding|content-length|te|trailer|upgrade|expect|cookie|authorization|proxy-.*)$/;

/** The headers of a hop. Throws `invalid-input` for names or values that no caller may set. */
export function headersFor(
  hop: RequestHop,
  request: EgressRequest,
  userAgent: string | undefined,
): Record<string, string> {
  const headers = Object.create(null) as Record<string, string>;
  headers['user-agent'] = userAgent ?? 'clarion';
  for (const [name, value] of Object.entries(request.headers ?? {})) {
    const key = name.toLowerCase();
    if (forbidden.test(key) || !/^[!#$%&'*+.^_`|~0-9a-z-]+$/.test(key) || /[\r\n\0]/.test(value)) {
      throw new ClarionError('invalid-input', `The header ${JSON.stringify(name.slice(0, 80))} may not be sent`);
    }
    if (hop.sameOrigin || portable.has(key)) headers[key] = value;
  }
  if (request.credentials !== undefined && hop.sameOrigin) {
    if (/[\r\n\0]/.test(request.credentials))
      throw new ClarionError('invalid-input', 'The credentials hold a line break');
    headers['authorization'] = request.credentials;
  }
  return headers;
}
