// Answers each job with its input, and ends on the text `die`.
import { parentPort } from 'node:worker_threads';

/** A job's request, and the answer to it. */
export interface EchoMessage {
  readonly id: number;
  readonly text: string;
}

/** This file as a program. */
export declare const program: string;

parentPort?.on('message', ({ id, text }: EchoMessage) => {
  if (text === 'die') throw new Error('as asked');
  parentPort?.postMessage({ id, text });
});
