// The program of a thread that inflates gzip (docs/decisions/0007, 0018).
import { parentPort, workerData } from 'node:worker_threads';
import { serveInflating, type InflateOptions } from './inflate-jobs';

/** This file as a program; its data is `InflateOptions`. */
export declare const program: string;

if (parentPort !== null) serveInflating(parentPort, workerData as InflateOptions);
