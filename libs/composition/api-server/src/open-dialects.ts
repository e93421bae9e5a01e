import type { Authenticator } from '@clarion/authentication';
import type { CallerLimits } from '@clarion/connections';
import { createClairV4Api } from '@clarion/clair-v4';
import { createHarborApi } from '@clarion/harbor';
import type { HttpApi } from '@clarion/http-engine';
import { clarionVersion } from '@clarion/release';
import type { ConfigOf, ProcessMetrics } from '@clarion/service-runtime';
import type { apiSettings, Dialect } from '@clarion/settings';
import type { UseCases } from '@clarion/use-cases';
import { clairAuthenticator } from './clair-authenticator';
import { countAuthenticationFailures } from './count-authentication-failures';

/** The settings that the APIs of other products use. */
export type DialectConfig = CallerLimits &
  Pick<
    ConfigOf<typeof apiSettings>,
    | 'apis'
    | 'auth'
    | 'clairKey'
    | 'clairIssuers'
    | 'clairIndexRequests'
    | 'clairScores'
    | 'failedAttempts'
    | 'requestsPerSecond'
  >;

export interface DialectContext {
  readonly config: DialectConfig;
  readonly useCases: UseCases;
  readonly authenticator: Authenticator;
  readonly metrics: ProcessMetrics;
}

/** How the API of each product is opened. */
const openings: Readonly<Record<Dialect, (context: DialectContext) => HttpApi>> = {
  'clair-v4'({ config, useCases, authenticator, metrics }) {
    const { jsonMillis, stallMillis, requestMillis, requestsPerSecond, clairIndexRequests, clairScores } = config;
    return createClairV4Api({
      ...{ useCases, version: clarionVersion, scores: clairScores },
      authenticator: clairAuthenticator(authenticator, config),
      ...(clairIndexRequests === 0 ? {} : { indexRequests: clairIndexRequests }),
      rate: { perSecond: requestsPerSecond, burst: requestsPerSecond * 4 },
      bodies: { jsonMillis, stallMillis, requestMillis },
      onAuthenticationFailure: countAuthenticationFailures(metrics),
    });
  },
  harbor({ config: { jsonMillis, stallMillis, requestMillis }, useCases, authenticator, metrics }) {
    return createHarborApi({
      ...{ useCases, authenticator },
      version: clarionVersion,
      bodies: { jsonMillis, stallMillis, requestMillis },
      onAuthenticationFailure: countAuthenticationFailures(metrics),
    });
  },
};

/** The APIs of other products that the configuration switches on. */
export function openDialects(context: DialectContext): readonly HttpApi[] {
  return context.config.apis.map((dialect) => openings[dialect](context));
}
