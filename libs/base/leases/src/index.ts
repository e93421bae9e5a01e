export { type Lease, withLease } from './with-lease';
