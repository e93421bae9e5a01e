// The program of the hashing thread (docs/decisions/0007).
import { parentPort } from 'node:worker_threads';
import { serveHashes } from './hash-jobs';

/** This file as a program. */
export declare const program: string;

if (parentPort !== null) serveHashes(parentPort);
