import { availableParallelism } from 'node:os';
import { authenticateRoles, createHttpApi, type HttpApi } from '@clarion/http-engine';
import { servePrefixed } from './any-prefix';
import type { ClairV4Options } from './clair-v4-options';
import { createIndexSlots } from './index-slots';
import { createInitialised } from './initialised';
import { renderClairError } from './render-clair-error';
import { routesOf } from './routes';

/** The API of Clair v4, for an application of `createHttpApplication`. */
export function createClairV4Api(options: ClairV4Options): HttpApi {
  const { useCases, version, indexRequests = 4 * availableParallelism(), scores = false } = options;
  return createHttpApi({
    ...options,
    base: '',
    prefixes: ['/indexer', '/matcher', '/notifier', '/openapi'],
    routes: routesOf(version),
    services: {
      ...{ useCases, scores },
      isInitialised: createInitialised(useCases),
      takeSlot: createIndexSlots(indexRequests),
    },
    authenticator: authenticateRoles(options),
    renderError: renderClairError,
    compressed: true,
    tagsNameStates: true,
    errorTrailer: 'Clair-Error',
    mountPages(app) {
      app.use(servePrefixed());
      app.get('/robots.txt', (_request, response) => {
        response.type('txt').send('User-agent: *\nDisallow: /\n');
      });
    },
  });
}
