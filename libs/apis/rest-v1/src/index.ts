export { createRestApi } from './rest-api';
export type { RestApiOptions } from './rest-api-options';
