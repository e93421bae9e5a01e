import type { IncomingHttpHeaders } from 'node:http';

const longestHeader = 16 * 1024;

/**
 * The credential of a scanner registration, as the value of `Authorization: Bearer`: Harbor sends it as Basic, as Bearer
 * or in a header. With Basic, a token is the password (`user:token`), or all of it.
 */
export function bearerOf(headers: IncomingHttpHeaders): string | undefined {
  const key = headers['x-scanneradapter-api-key'];
  if (typeof key === 'string') return `Bearer ${key}`;
  const { authorization } = headers;
  const basic = /^Basic +([\w+/=-]+) *$/i.exec((authorization ?? '').slice(0, longestHeader))?.[1];
  if (basic === undefined) return authorization;
  const text = Buffer.from(basic, 'base64').toString('utf8');
  return `Bearer ${text.slice(text.indexOf(':') + 1)}`;
}
