export type { TakenExcerpt } from '../excerpts/part-collector';
export { takeExcerpt } from '../excerpts/take-excerpt';
export { fileMagic } from '../file-magic';
