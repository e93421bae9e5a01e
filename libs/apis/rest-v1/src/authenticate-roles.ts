import { allows, AuthenticationError, callerOf, type Role } from '@clarion/authentication';
import { type HttpAuthenticator, HttpError } from '@clarion/http-engine';
import type { RestApiOptions } from './rest-api-options';

/** Bearer tokens and JWTs whose callers have a role; a route declares the lowest one that it requires. */
export function authenticateRoles({
  authenticator,
  onAuthenticationFailure,
}: Pick<RestApiOptions, 'authenticator' | 'onAuthenticationFailure'>): HttpAuthenticator<Role> {
  return {
    async authenticate({ authorization }, address) {
      const principal = await authenticator.authenticate(authorization, address).catch((error: unknown) => {
        if (error instanceof AuthenticationError) onAuthenticationFailure?.(error.method);
        throw error;
      });
      return {
        name: principal.name,
        key: callerOf(principal, address),
        authorize(role) {
          if (!allows(principal.role, role)) throw new HttpError('forbidden', `This needs the role ${role}`);
        },
      };
    },
  };
}
