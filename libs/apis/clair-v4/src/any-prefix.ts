import type { RequestHandler } from 'express';

const inner = String.raw`/(?:(?:indexer|matcher|notifier)/api/v1|openapi/v1)(?:[/?].*)?`;
/** As much as a balancer that routes by path puts in front. */
const prefixed = new RegExp(`^((?:/[\\w.~-]{1,100}){1,8})(${inner})$`, 's');

/**
 * Serves the API below any prefix too: clients put one in front of all paths, and not every balancer removes it. Links in
 * answers begin with the same prefix.
 */
export function servePrefixed(): RequestHandler {
  return (request, _response, next) => {
    const [, , path] = prefixed.exec(request.url) ?? [];
    if (path !== undefined) request.url = path;
    next();
  };
}

/** The prefix of a request: in its address, or removed by a proxy that says so. */
export function prefixOf(url: string, forwarded: string | undefined): string {
  const [, found] = prefixed.exec(url) ?? [];
  if (found !== undefined) return found;
  return /^(?:\/[\w.~-]{1,100}){1,8}$/.test(forwarded ?? '') ? (forwarded ?? '') : '';
}
