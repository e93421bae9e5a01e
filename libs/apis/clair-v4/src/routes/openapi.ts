import { hash } from 'node:crypto';
import type { HttpAnswer } from '@clarion/http-engine';
import { stringify } from 'yaml';
import { negotiate, type OfferedTypes } from '../accept';
import { isUnchanged } from '../detector-state';
import { openApiDocument } from '../openapi/openapi-document';
import { anyQuery, type ClairRoute, clairRoute, noParams } from '../route';

/** In Clair's order of preference. */
const types: OfferedTypes = [
  'application/openapi+json',
  'application/openapi+yaml',
  'application/json',
  'application/yaml',
  'application/vnd.oai.openapi+json',
  'application/vnd.oai.openapi+yaml',
];

/** The description of the API, as JSON or YAML. */
export function openApiRoute(version: string): ClairRoute {
  const document = openApiDocument(version);
  const json = JSON.stringify(document);
  let yaml: string | undefined;
  return clairRoute({
    method: 'get',
    path: '/openapi/v1',
    operation: 'getOpenApi',
    access: 'reader',
    params: noParams,
    query: anyQuery,
    handle({ headers }): Promise<HttpAnswer> {
      const mediaType = negotiate(headers.accept, types);
      const text = mediaType.endsWith('yaml') ? (yaml ??= stringify(document)) : json;
      const tag = hash('sha256', text).slice(0, 32);
      const tagged = { etag: `"${tag}"` };
      if (isUnchanged(headers['if-none-match'], tag)) return Promise.resolve({ status: 304, headers: tagged });
      return Promise.resolve({ status: 200, headers: tagged, text, mediaType });
    },
  });
}
