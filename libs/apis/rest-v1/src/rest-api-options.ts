import type { Authenticator, AuthenticationError } from '@clarion/authentication';
import type { FinishedRequest, HttpApiLimits } from '@clarion/http-engine';
import type { Log } from '@clarion/model';
import type { UseCases } from '@clarion/use-cases';
import type { Entrances } from './root-page';

export interface RestApiOptions extends HttpApiLimits {
  readonly useCases: UseCases;
  readonly authenticator: Authenticator;
  readonly log: Log;
  /** Of Clarion, for the OpenAPI document. */
  readonly version: string;
  /** Shown at `/`. */
  readonly entrances?: Entrances;
  /** Addresses or networks of proxies whose `X-Forwarded-For` or `Forwarded` is believed; none unless stated. */
  readonly trustedProxies?: readonly string[];
  /** For counters. */
  readonly onAuthenticationFailure?: (method: AuthenticationError['method']) => void;
  readonly onRequest?: (request: FinishedRequest) => void;
  /** A request has found its route; called while it is the one that is traced. */
  readonly onRoute?: (request: Pick<FinishedRequest, 'method' | 'route'>) => void;
}
