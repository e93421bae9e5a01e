import { randomBytes } from 'node:crypto';
import type { Authenticator, Role } from '@clarion/authentication';
import {
  authenticateRoles,
  createHttpApi,
  type HttpApi,
  type HttpApiLimits,
  type RoleAuthentication,
} from '@clarion/http-engine';
import type { Log } from '@clarion/model';
import { bearerOf } from './credential-of';
import type { HarborServices, UnsupportedAnswer } from './harbor-services';
import { mountProbes } from './mount-probes';
import { renderError } from './render-error';
import { routes } from './routes';
import { createScans } from './scans';

export interface HarborApiOptions
  extends
    Pick<HarborServices, 'useCases' | 'version'>,
    Pick<RoleAuthentication, 'onAuthenticationFailure'>,
    Pick<HttpApiLimits, 'bodies'> {
  readonly authenticator: Authenticator;
  readonly log: Pick<Log, 'error'>;
  /** No other process accepts scans for the same store; others may unless stated. */
  readonly isAlone?: boolean;
  /** How long a scan may take until it has failed; an hour unless stated. */
  readonly scanMillis?: number;
  /** `fail` unless stated. */
  readonly unsupported?: UnsupportedAnswer;
  readonly now?: () => Date;
}

/** What Harbor registers is `http://HOST:PORT/harbor`; it adds `/api/v1`. */
const mount = '/harbor';

/** Requests wait for their turn: a "scan all" of Harbor treats one that is refused as a failed scan. */
const neverRefused = { perSecond: 1e6, burst: 1e6 };

/** Harbor's scanner adapter API (pluggable scanner specification 1.0 to 1.2). */
export function createHarborApi(options: HarborApiOptions): HttpApi {
  const { useCases, version, log, bodies = {} } = options;
  const { isAlone = false, scanMillis = 3_600_000, unsupported = 'fail', now = () => new Date() } = options;
  const scans = createScans({ images: useCases.images, log, now, scanMillis });
  const process = randomBytes(6).toString('base64url');
  return createHttpApi<HarborServices, Role>({
    base: `${mount}/api/v1`,
    prefixes: [mount],
    routes,
    services: { useCases, scans, version, now, process, isAlone, scanMillis, unsupported },
    authenticator: authenticateRoles({ ...options, authorizationOf: bearerOf }),
    renderError,
    bodies,
    rate: neverRefused,
    mountPages(app) {
      mountProbes(app, mount, async () => {
        await useCases.feeds.list();
        return true;
      });
    },
  });
}
