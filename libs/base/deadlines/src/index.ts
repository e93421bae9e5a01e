export { createDeadline, type Deadline } from './create-deadline';
