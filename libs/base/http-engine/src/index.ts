export type { HttpAnswer, AnswerFile, EncodedBody, ServerSentEvent } from './answer';
export { authenticateRoles, type RoleAuthentication } from './authenticate-roles';
export { checked, InvalidMembers, type MemberError } from './check-members';
export { entityTagsOf } from './entity-tags';
export type { ErrorRenderer, RenderedError } from './error-renderer';
export { createHttpApi, type HttpApi, type HttpApiLimits, type HttpApiOptions } from './http-api';
export { createHttpApplication, type HttpApplicationOptions } from './http-application';
export type { AuthenticatedCaller, HttpAuthenticator } from './http-authenticator';
export { HttpError, type HttpCode } from './http-error';
export { createHttpServer, type HttpServerOptions, type ServerLimits } from './http-server';
export { idempotencyKeyPattern } from './idempotency';
export type { FinishedRequest } from './observe-request';
export type { RateLimit } from './rate-limit';
export type { BodyLimits } from './read-body';
export {
  type AnyHttpRoute,
  type BodySchema,
  type HttpRoute,
  httpRoute,
  jsonOf,
  type HttpMethod,
  type RouteRequest,
} from './route';
