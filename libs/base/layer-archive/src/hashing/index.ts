// A separate entry point: the thread is started before anything else of this library is loaded.
export { startHashing } from './hash-worker';
