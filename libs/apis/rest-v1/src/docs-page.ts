import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Express } from 'express';

/** The page may load files of this server, and no inline scripts or styles. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const page = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <title>Clarion API</title>
    <link rel="stylesheet" href="/docs/swagger-ui.css" />
    <link rel="icon" type="image/png" href="/docs/favicon-32x32.png" />
  </head>
  <body>
    <div id="swagger-ui"></div>
    <script src="/docs/swagger-ui-bundle.js"></script>
    <script src="/docs/start.js"></script>
  </body>
</html>
`;

const start = `window.ui = SwaggerUIBundle({ url: '/openapi.json', dom_id: '#swagger-ui', deepLinking: true, validatorUrl: null });
`;

const files = new Map([
  ['swagger-ui.css', 'text/css; charset=utf-8'],
  ['swagger-ui-bundle.js', 'text/javascript; charset=utf-8'],
  ['favicon-32x32.png', 'image/png'],
]);

/** Mounts the API documentation page. It exposes nothing about the installation, so no token is required. */
export function mountDocs(app: Express): void {
  const loaded = new Map<string, Buffer>();
  app.get(['/docs', '/docs/'], (_request, response) => {
    response.set('content-security-policy', policy).type('html').send(page);
  });
  app.get('/docs/start.js', (_request, response) => {
    response.type('js').send(start);
  });
  for (const [name, type] of files) {
    app.get(`/docs/${name}`, (_request, response) => {
      const bytes = loaded.get(name) ?? readFileSync(join(swaggerFolder(), name));
      loaded.set(name, bytes);
      response.set('content-type', type).set('cache-control', 'public, max-age=3600').send(bytes);
    });
  }
}

/** The package is not bundled: its files are read from where it is installed. */
function swaggerFolder(): string {
  return join(require.resolve('swagger-ui-dist/package.json'), '..');
}
