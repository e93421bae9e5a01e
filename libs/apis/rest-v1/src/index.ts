export { apiBase, openApiDocument } from './openapi';
export { problemStatus, type ProblemCode } from './problem';
export { createRestApi } from './rest-api';
export type { RestApiOptions } from './rest-api-options';
