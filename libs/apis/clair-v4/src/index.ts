export { createClairV4Api } from './clair-v4-api';
export type { ClairV4Options } from './clair-v4-options';
