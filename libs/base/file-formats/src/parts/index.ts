export type { TakenExcerpt } from '../excerpts/part-collector';
export { takeInThread, type WantedExcerpt } from '../excerpts/excerpt-worker';
export { takeExcerpt } from '../excerpts/take-excerpt';
export { fileMagic } from '../file-magic';
