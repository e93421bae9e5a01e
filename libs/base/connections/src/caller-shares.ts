export interface ShareLimits {
  /** The most that one caller may hold. */
  readonly ofCaller: number;
  /** The most that all callers may hold together. */
  readonly inAll: number;
}

/** What callers hold of something scarce at the same time. Each has a share, so that no one of them can hold all of it. */
export class CallerShares {
  readonly #limits: ShareLimits;
  readonly #held = new Map<string, number>();
  #inAll = 0;

  constructor(limits: ShareLimits) {
    this.#limits = limits;
  }

  /** Takes so much more, unless that is more than the caller, or all of them, may hold: nothing is taken then. */
  take(caller: string, amount = 1): 'taken' | 'share-used' | 'all-used' {
    const held = (this.#held.get(caller) ?? 0) + amount;
    if (held > this.#limits.ofCaller) return 'share-used';
    if (this.#inAll + amount > this.#limits.inAll) return 'all-used';
    this.#held.set(caller, held);
    this.#inAll += amount;
    return 'taken';
  }

  /** Gives back what was taken. */
  give(caller: string, amount = 1): void {
    const held = (this.#held.get(caller) ?? 0) - amount;
    this.#inAll -= amount;
    if (held > 0) this.#held.set(caller, held);
    else this.#held.delete(caller);
  }
}
