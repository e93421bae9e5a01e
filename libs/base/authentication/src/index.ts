export { type Authenticator, type AuthenticatorOptions, createAuthenticator } from './authenticator';
export { type CallerAddress, callerAddress, type ForwardedHeaders } from './caller-address';
export type { JwtOptions, KeySetIssuer, SharedKeyIssuer } from './jwt';
export { AuthenticationError, callerOf, type Principal } from './principal';
export { allows, isRole, type Role, roles } from './roles';
export { parseTokens, type StaticToken } from './static-tokens';
