import type { Authenticator } from '@clarion/authentication';
import type { CallerLimits } from '@clarion/connections';
import { createHarborApi } from '@clarion/harbor';
import type { HttpApi } from '@clarion/http-engine';
import { clarionVersion } from '@clarion/release';
import type { ConfigOf, ProcessMetrics } from '@clarion/service-runtime';
import type { apiSettings, Dialect } from '@clarion/settings';
import type { UseCases } from '@clarion/use-cases';
import { countAuthenticationFailures } from './count-authentication-failures';

export interface DialectContext {
  readonly config: CallerLimits & Pick<ConfigOf<typeof apiSettings>, 'apis'>;
  readonly useCases: UseCases;
  readonly authenticator: Authenticator;
  readonly metrics: ProcessMetrics;
}

/** How the API of each product is opened. */
const openings: Readonly<Record<Dialect, (context: DialectContext) => HttpApi>> = {
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
