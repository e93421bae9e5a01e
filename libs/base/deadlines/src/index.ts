export { createDeadline, type Deadline } from './create-deadline';
export { createTurns, type WorkTurns } from './turns';
export { sortInTurns } from './sort-in-turns';
