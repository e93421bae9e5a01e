export { FairQueue, type FairQueueOptions, type QueueTurn } from './fair-queue';
