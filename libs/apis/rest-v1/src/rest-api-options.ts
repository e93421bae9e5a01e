import type { Authenticator, AuthenticationError } from '@clarion/authentication';
import type { ShareLimits } from '@clarion/connections';
import type { Log } from '@clarion/model';
import type { UseCases } from '@clarion/use-cases';
import type { BodyLimits } from './body';
import type { RateLimit } from './rate-limit';
import type { Entrances } from './root-page';

export interface RestApiOptions {
  readonly useCases: UseCases;
  readonly authenticator: Authenticator;
  readonly log: Log;
  /** Of Clarion, for the OpenAPI document. */
  readonly version: string;
  /** Told at `/`. */
  readonly entrances?: Entrances;
  /** Addresses or networks of proxies whose `X-Forwarded-For` or `Forwarded` is believed; none unless stated. */
  readonly trustedProxies?: readonly string[];
  readonly bodies?: Partial<BodyLimits>;
  readonly rate?: Partial<RateLimit>;
  /** Streams of events that are open at the same time: of one caller (default 100), and in all (default 1000). */
  readonly listeners?: Partial<ShareLimits>;
  /** Characters of answers that were not read yet: of one caller (default 32 Mi), and of all (default 128 Mi). */
  readonly unread?: Partial<ShareLimits>;
  /** Signs of life on event streams; default every 15 s. */
  readonly heartbeatMillis?: number;
  /** For counters. */
  readonly onAuthenticationFailure?: (method: AuthenticationError['method']) => void;
  readonly onRequest?: (request: FinishedRequest) => void;
  /** A request has found its route; called while it is the one that is traced. */
  readonly onRoute?: (request: Pick<FinishedRequest, 'method' | 'route'>) => void;
}

/** One request that was answered, for logs and counters: the route and no address. */
export interface FinishedRequest {
  readonly method: string;
  /** `/api/v1/images/{digest}`; `unknown` where there is none. */
  readonly route: string;
  readonly status: number;
  readonly seconds: number;
  /** `code` of the problem that was the answer, if it was one. */
  readonly code?: string;
}
