export type { BodyLimits } from './body';
export { createHttpServer, type HttpServerOptions, type HttpTls, type ServerLimits } from './http-server';
export { apiBase, openApiDocument } from './openapi';
export { problemStatus, type ProblemCode } from './problem';
export type { RateLimit } from './rate-limit';
export { createRestApi } from './rest-api';
export type { FinishedRequest } from './rest-api-options';
export type { RestApiOptions } from './rest-api-options';
