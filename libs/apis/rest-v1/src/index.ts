export { renderProblem } from './problem';
export { createRestApi } from './rest-api';
export type { RestApiOptions } from './rest-api-options';
