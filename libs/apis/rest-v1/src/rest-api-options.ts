import type { Authenticator, AuthenticationError } from '@clarion/authentication';
import type { HttpApiLimits } from '@clarion/http-engine';
import type { UseCases } from '@clarion/use-cases';
import type { EntryPoints } from './root-page';

export interface RestApiOptions extends HttpApiLimits {
  readonly useCases: UseCases;
  readonly authenticator: Authenticator;
  /** The version of Clarion, for the OpenAPI document. */
  readonly version: string;
  /** Shown at `/`. */
  readonly entryPoints?: EntryPoints;
  /** For metrics. */
  readonly onAuthenticationFailure?: (method: AuthenticationError['method']) => void;
}
