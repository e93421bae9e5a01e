export { takeInThread, type WantedExcerpt } from './take-in-thread';
