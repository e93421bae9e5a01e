import { allows, AuthenticationError, callerOf, type Role } from '@clarion/authentication';
import { type HttpAuthenticator, HttpError } from '@clarion/http-engine';
import type { ClairV4Options } from './clair-v4-options';

/** Bearer tokens: those that are signed with Clair's pre-shared key, and Clarion's own. */
export function authenticateClair({
  authenticator,
  onAuthenticationFailure,
}: Pick<ClairV4Options, 'authenticator' | 'onAuthenticationFailure'>): HttpAuthenticator<Role> {
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
          if (!allows(principal.role, role)) throw new HttpError('forbidden', `this needs the role ${role}`);
        },
      };
    },
  };
}
