import type { Authenticator } from '@clarion/authentication';
import type { CallerLimits } from '@clarion/connections';
import { createClairV4Api } from '@clarion/clair-v4';
import { createHarborApi } from '@clarion/harbor';
import type { HttpApi } from '@clarion/http-engine';
import type { Log } from '@clarion/model';
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
    | 'harborScanMillis'
    | 'harborUnsupported'
  >;

export interface DialectContext {
  readonly config: DialectConfig;
  readonly useCases: UseCases;
  readonly authenticator: Authenticator;
  readonly metrics: ProcessMetrics;
  readonly log: Log;
  /** No other process serves APIs for the same store. */
  readonly isAlone?: boolean;
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
  harbor({ config, useCases, authenticator, metrics, log, isAlone = false }) {
    const { jsonMillis, stallMillis, requestMillis, harborScanMillis, harborUnsupported } = config;
    return createHarborApi({
      ...{ useCases, authenticator, log, isAlone },
      scanMillis: harborScanMillis,
      unsupported: harborUnsupported,
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
