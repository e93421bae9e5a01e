/** Limits how many run in parallel; the others wait in order. */
export interface CallSlots {
  /** Resolves to true when a slot is free, or to false if too many wait already. Every `true` needs a `release`. */
  acquire(): Promise<boolean>;
  release(): void;
}

export function createSlots(concurrent: number, waiting: number): CallSlots {
  const queue: (() => void)[] = [];
  let running = 0;
  return {
    async acquire() {
      if (running < concurrent) {
        running += 1;
        return true;
      }
      if (queue.length >= waiting) return false;
      // A finished call passes its slot on directly, so that no other call can take it in between.
      await new Promise<void>((resolve) => queue.push(resolve));
      return true;
    },
    release() {
      const next = queue.shift();
      if (next === undefined) running -= 1;
      else next();
    },
  };
}
