import { authenticateRoles, createHttpApi, type HttpApi } from '@clarion/http-engine';
import { apiBase, mostErrors } from '@clarion/rest-v1-contract';
import { mountDocs } from './docs-page';
import { openApiDocument } from './openapi';
import { renderProblem } from './problem';
import type { RestApiOptions } from './rest-api-options';
import { mountRoot } from './root-page';
import { routes } from './routes';

/** The REST API, for an application of `createHttpApplication`, including its pages and documents. */
export function createRestApi(options: RestApiOptions): HttpApi {
  const document = JSON.stringify(openApiDocument(options.version));
  return createHttpApi({
    ...options,
    base: apiBase,
    routes,
    services: options.useCases,
    authenticator: authenticateRoles(options),
    renderError: renderProblem,
    mostErrors,
    compressed: true,
    idempotency: {},
    mountPages(app) {
      app.get('/openapi.json', (_request, response) => {
        response.type('json').send(document);
      });
      mountDocs(app);
      mountRoot(app, options.version, options.entryPoints ?? {});
    },
  });
}
