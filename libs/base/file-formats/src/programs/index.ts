export type { TakenExcerpt } from '../excerpts/part-collector';
export { type ExecutableExcerpt, takeFromExecutable } from '../excerpts/take-from-executable';
