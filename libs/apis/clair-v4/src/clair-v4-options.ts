import type { Authenticator, AuthenticationError } from '@clarion/authentication';
import type { HttpApiLimits } from '@clarion/http-engine';
import type { UseCases } from '@clarion/use-cases';

export interface ClairV4Options extends HttpApiLimits {
  readonly useCases: UseCases;
  /** Knows the callers with tokens of Clair's pre-shared key, and those of Clarion. */
  readonly authenticator: Authenticator;
  /** The version of Clarion, for the OpenAPI document. */
  readonly version: string;
  /** Images that may be indexed at the same time; 4 for each processor unless stated, no limit below 0. */
  readonly indexRequests?: number;
  /** Reports also have the scores of EPSS and the known exploits of KEV. */
  readonly scores?: boolean;
  /** For metrics. */
  readonly onAuthenticationFailure?: (method: AuthenticationError['method']) => void;
}

/** What the routes use. */
export interface ClairServices extends Pick<ClairV4Options, 'useCases' | 'scores'> {
  /** Whether there is any data to report vulnerabilities from. */
  readonly isInitialised: () => Promise<boolean>;
  /** Takes a slot for indexing one image. Throws `too-many-requests` when none is free. */
  readonly takeSlot: () => () => void;
}
