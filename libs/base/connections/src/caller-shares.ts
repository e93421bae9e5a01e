/** The limit for one caller and for all callers together; also used for the amounts in use. */
export interface ShareLimits {
  readonly ofCaller: number;
  readonly inAll: number;
}

const nothing: ShareLimits = { ofCaller: 0, inAll: 0 };

/**
 * How much of a scarce resource each caller uses at the same time. Each has a share, so that no single caller can use
 * all of it.
 */
export class CallerShares {
  readonly #limits: ShareLimits;
  readonly #inUse = new Map<string, number>();
  #inAll = 0;

  constructor(limits: ShareLimits) {
    this.#limits = limits;
  }

  /**
   * Takes `amount` more, unless that exceeds the limit of the caller or of all callers: then nothing is taken. What is
   * in use `elsewhere`, and not counted here, counts towards both limits.
   */
  take(caller: string, amount = 1, elsewhere: ShareLimits = nothing): 'taken' | 'share-used' | 'all-used' {
    const amountInUse = (this.#inUse.get(caller) ?? 0) + amount;
    if (amountInUse + elsewhere.ofCaller > this.#limits.ofCaller) return 'share-used';
    if (this.#inAll + amount + elsewhere.inAll > this.#limits.inAll) return 'all-used';
    this.#inUse.set(caller, amountInUse);
    this.#inAll += amount;
    return 'taken';
  }

  /** Releases what was taken. */
  give(caller: string, amount = 1): void {
    const amountInUse = (this.#inUse.get(caller) ?? 0) - amount;
    this.#inAll -= amount;
    if (amountInUse > 0) this.#inUse.set(caller, amountInUse);
    else this.#inUse.delete(caller);
  }
}
