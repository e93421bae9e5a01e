import type { AuthenticationError, Authenticator } from '@clarion/authentication';
import { authenticateRoles, createHttpApi, type HttpApi, type HttpApiLimits } from '@clarion/http-engine';
import { bearerOf } from './credential-of';
import type { HarborServices } from './harbor-services';
import { mountProbes } from './mount-probes';
import { renderError } from './render-error';
import { routes } from './routes';

export interface HarborApiOptions
  extends Pick<HarborServices, 'useCases' | 'version'>, Omit<HttpApiLimits, 'rate' | 'listeners'> {
  readonly authenticator: Authenticator;
  /** For metrics. */
  readonly onAuthenticationFailure?: (method: AuthenticationError['method']) => void;
  readonly now?: () => Date;
}

/** What Harbor registers is `http://HOST:PORT/harbor`; it adds `/api/v1`. */
const mount = '/harbor';

/** Requests wait for their turn: a "scan all" of Harbor treats one that is refused as a failed scan. */
const neverRefused = { perSecond: 1e6, burst: 1e6 };

/** Harbor's scanner adapter API (pluggable scanner specification 1.0 to 1.2). */
export function createHarborApi({ useCases, version, now = () => new Date(), ...options }: HarborApiOptions): HttpApi {
  return createHttpApi({
    ...options,
    base: `${mount}/api/v1`,
    prefixes: [mount],
    routes,
    services: { useCases, version, now },
    authenticator: authenticateRoles({ ...options, authorizationOf: bearerOf }),
    renderError,
    rate: neverRefused,
    compressed: true,
    mountPages(app) {
      mountProbes(app, mount, async () => {
        await useCases.feeds.list();
        return true;
      });
    },
  });
}
