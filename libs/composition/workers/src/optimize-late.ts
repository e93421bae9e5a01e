import { setFlagsFromString } from 'node:v8';

/** Calls of a function after which V8's optimising compiler takes it; 3,000 unless set. */
const invocations = 200_000;

/** V8 of the first Node that is known to have the flag. */
const firstNode = 24;

/**
 * For a process that reads layers and composes images: some 700 functions are called often enough for V8's optimising
 * compiler, which takes longer to compile them (5 ms of processor time each) than they are faster afterwards than the code
 * of its quick compiler. What a large layer calls for each of its entries is still optimised.
 */
export function optimizeLate(): void {
  const [major = '0'] = process.versions.node.split('.');
  if (Number(major) >= firstNode) setFlagsFromString(`--invocation-count-for-turbofan=${invocations}`);
}
