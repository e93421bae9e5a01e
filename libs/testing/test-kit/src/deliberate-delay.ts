// The delays that are a part of what is tested. Whatever is only waited for is a condition: `until`.

/** The time that a peer, a handler or a source takes that is slow on purpose. */
export const slowly = (millis: number): Promise<void> => delay(millis);

/** How long something is away before it comes back. */
export const outage = (millis: number): Promise<void> => delay(millis);

/** Any moment within the next milliseconds: a kill has to be survived at each of them. */
export const randomMoment = (mostMillis: number, random: () => number = Math.random): Promise<void> =>
  delay(mostMillis * random());

function delay(millis: number): Promise<void> {
  // A peer that still takes its time keeps no process alive.
  return new Promise((resolve) => setTimeout(resolve, millis).unref());
}
