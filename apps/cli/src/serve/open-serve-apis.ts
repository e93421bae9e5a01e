import { type Authenticator, createAuthenticator } from '@clarion/authentication';
import { type ListeningApis, namesCallers, openApis, openAuthenticator } from '@clarion/api-server';
import type { ServiceContext } from '@clarion/service-runtime';
import type { UseCases } from '@clarion/use-cases';
import type { ServeAdapters } from './choose-adapters';
import { ownToken } from './own-secrets';
import type { ServeSettings } from './settings';

interface ServeApis {
  readonly apis: ListeningApis;
  /** File with the administrator's token; undefined when tokens or issuers are configured, or authentication is off. */
  readonly tokenFile: string | undefined;
}

/** REST and gRPC on one port. */
export async function openServeApis(
  settings: ServeSettings,
  { egress, useCases }: Pick<ServeAdapters, 'egress'> & { readonly useCases: UseCases },
  { log, metrics, draining: stopping }: ServiceContext,
): Promise<ServeApis> {
  const { config, host, port, env } = settings;
  const own = config.auth === 'off' || namesCallers(config) ? undefined : ownToken(settings.db);
  const authenticator: Authenticator =
    own === undefined
      ? openAuthenticator(config, { egress, log, env })
      : createAuthenticator({ tokens: () => own.tokens, failures: { burst: config.failedAttempts } });
  const apis = await openApis({
    config: { ...config, host },
    ports: { both: port },
    introspectionPort: config.introspectionPort,
    isAlone: true,
    ...{ useCases, authenticator, log, metrics, stopping, env },
  });
  return { apis, tokenFile: own?.path };
}
