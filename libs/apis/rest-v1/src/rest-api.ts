import { createHttpApi, createHttpApplication, type HttpApi } from '@clarion/http-engine';
import { apiBase, mostErrors } from '@clarion/rest-v1-contract';
import type { Express } from 'express';
import { authenticateRoles } from './authenticate-roles';
import { mountDocs } from './docs-page';
import { openApiDocument } from './openapi';
import { renderProblem } from './problem';
import type { RestApiOptions } from './rest-api-options';
import { mountRoot } from './root-page';
import { routes } from './routes';

/** The REST API alone on an Express application. Mount it on a server of `createHttpServer`. */
export function createRestApi(options: RestApiOptions): Express {
  return createHttpApplication({ ...options, apis: [restApi(options)], renderError: renderProblem });
}

function restApi(options: RestApiOptions): HttpApi {
  const document = JSON.stringify(openApiDocument(options.version));
  return createHttpApi({
    ...options,
    base: apiBase,
    routes,
    services: options.useCases,
    authenticator: authenticateRoles(options),
    renderError: renderProblem,
    mostErrors,
    idempotency: {},
    mountPages(app) {
      app.get('/openapi.json', (_request, response) => {
        response.type('json').send(document);
      });
      mountDocs(app);
      mountRoot(app, options.version, options.entrances ?? {});
    },
  });
}
