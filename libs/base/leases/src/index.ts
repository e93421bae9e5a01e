export { type LeaseOptions, withLease } from './with-lease';
