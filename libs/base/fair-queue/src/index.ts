export { FairQueue, type FairQueueOptions, type Turn } from './fair-queue';
