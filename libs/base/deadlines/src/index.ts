export { createDeadline, type Deadline } from './create-deadline';
export { createTurns, type Turns } from './turns';
export { sortInTurns } from './sort-in-turns';
