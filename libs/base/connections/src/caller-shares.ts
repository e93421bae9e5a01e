/** The most that one caller, and all of them together, may hold; or what they do. */
export interface ShareLimits {
  readonly ofCaller: number;
  readonly inAll: number;
}

const nothing: ShareLimits = { ofCaller: 0, inAll: 0 };

/** What callers hold of something scarce at the same time. Each has a share, so that no one of them can hold all of it. */
export class CallerShares {
  readonly #limits: ShareLimits;
  readonly #held = new Map<string, number>();
  #inAll = 0;

  constructor(limits: ShareLimits) {
    this.#limits = limits;
  }

  /**
   * Takes so much more, unless that is more than the caller, or all of them, may hold: nothing is taken then. What is held
   * `elsewhere`, where this does not count it, takes of both.
   */
  take(caller: string, amount = 1, elsewhere: ShareLimits = nothing): 'taken' | 'share-used' | 'all-used' {
    const held = (this.#held.get(caller) ?? 0) + amount;
    if (held + elsewhere.ofCaller > this.#limits.ofCaller) return 'share-used';
    if (this.#inAll + amount + elsewhere.inAll > this.#limits.inAll) return 'all-used';
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
