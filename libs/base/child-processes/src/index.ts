export { type JobContext, runChildProcess, type JobRunner } from './run-child-process';
export { createProcessPool, type PoolOptions, type ProcessPool } from './process-pool';
export { ProcessEnded } from './process-ended';
export { type ProcessLimits, type ProcessOptions, startProcess, type StartedProcess } from './start-process';
