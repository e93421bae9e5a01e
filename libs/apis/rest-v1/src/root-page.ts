import { apiBase } from '@clarion/rest-v1-contract';
import type { Express } from 'express';

/** The other entry points, as operators configure them: `host:port`, or a port of this host. */
export interface EntryPoints {
  readonly grpc?: string;
  /** The entry point of probes and metrics. */
  readonly introspection?: string;
}

/**
 * The content of `/` and of the base path of all calls until there is a page: the entry points. It exposes nothing
 * about the installation, so no token is required.
 */
export function mountRoot(app: Express, version: string, entryPoints: EntryPoints): void {
  const links = { api: apiBase, docs: '/docs', openapi: '/openapi.json' };
  const { grpc, introspection } = entryPoints;
  const elsewhere = {
    ...(grpc === undefined ? {} : { grpc }),
    ...(introspection === undefined ? {} : { probes: `/healthz and /readyz, ${introspection}` }),
  };
  const json = JSON.stringify({ name: 'clarion', version, ...links, ...elsewhere });
  const items = [
    ...Object.values(links).map((path) => `<li><a href="${path}">${path}</a></li>`),
    ...Object.entries(elsewhere).map(([name, where]) => `<li>${name}: ${escaped(where)}</li>`),
  ];
  const page = `<!doctype html>
<html lang="en">
  <head><meta charset="utf-8" /><title>Clarion</title></head>
  <body><h1>Clarion</h1><ul>${items.join('')}</ul></body>
</html>
`;
  app.get(['/', apiBase], (request, response) => {
    response.set('vary', 'accept').set('cache-control', 'no-store');
    if (request.accepts(['json', 'html']) === 'html') response.type('html').send(page);
    else response.type('json').send(json);
  });
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
