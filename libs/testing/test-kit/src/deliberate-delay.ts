// Delays that are a part of the test. Everything else waits for a condition: `until`.

/** The time of a deliberately slow peer, handler or source. */
export const slowly = (millis: number): Promise<void> => delay(millis);

/** How long something is unavailable. */
export const outage = (millis: number): Promise<void> => delay(millis);

/** Any moment within the next milliseconds: a kill has to be survived at each of them. */
export const randomMoment = (mostMillis: number, random: () => number = Math.random): Promise<void> =>
  delay(mostMillis * random());

function delay(millis: number): Promise<void> {
  // A slow peer must not keep the process alive.
  return new Promise((resolve) => setTimeout(resolve, millis).unref());
}
