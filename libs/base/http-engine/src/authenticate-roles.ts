import type { IncomingHttpHeaders } from 'node:http';
import { allows, AuthenticationError, type Authenticator, callerOf, type Role } from '@clarion/authentication';
import type { HttpAuthenticator } from './http-authenticator';
import { HttpError } from './http-error';

export interface RoleAuthentication {
  readonly authenticator: Authenticator;
  /** For metrics. */
  readonly onAuthenticationFailure?: (method: AuthenticationError['method']) => void;
  /** The value of `Authorization: Bearer`, from the headers of a request; that header unless stated. */
  readonly authorizationOf?: (headers: IncomingHttpHeaders) => string | undefined;
}

/** Tokens and JWTs whose callers have a role; a route declares the lowest one that it requires. */
export function authenticateRoles({
  authenticator,
  onAuthenticationFailure,
  authorizationOf = ({ authorization }) => authorization,
}: RoleAuthentication): HttpAuthenticator<Role> {
  return {
    async authenticate(headers, address) {
      const principal = await authenticator.authenticate(authorizationOf(headers), address).catch((error: unknown) => {
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
