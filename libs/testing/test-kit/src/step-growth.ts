import { countSteps } from './count-steps';

/** Two for linear growth, four for quadratic growth; doubling buffers are in between. */
export const mostLinearGrowth = 2.6;

/**
 * How many times the steps of `run` grow when its input, which is made before anything is counted, is made twice as large
 * as `size`.
 */
export async function stepGrowth<T>(
  make: (size: number) => T,
  run: (input: T) => Promise<unknown>,
  size: number,
): Promise<number> {
  const [single, twice] = [make(size), make(2 * size)];
  const before = await countSteps(() => run(single));
  return (await countSteps(() => run(twice))) / before;
}
