// The program of the excerpt thread (docs/decisions/0034).
import { parentPort } from 'node:worker_threads';
import { serveExcerpts } from './excerpt-jobs';

/** This file as a program. */
export declare const program: string;

if (parentPort !== null) serveExcerpts(parentPort);
