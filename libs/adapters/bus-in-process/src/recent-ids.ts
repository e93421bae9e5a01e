/** Remembers ids for a while. Beyond `most`, the oldest are dropped early. */
export class RecentIds {
  readonly #until = new Map<string, number>();
  readonly #millis: number;
  readonly #most: number;

  constructor(millis: number, most: number) {
    this.#millis = millis;
    this.#most = most;
  }

  has(id: string): boolean {
    return (this.#until.get(id) ?? 0) > Date.now();
  }

  add(id: string): void {
    const now = Date.now();
    // All have the same lifetime, so the first ones in the map expire first.
    for (const [oldest, until] of this.#until) {
      if (until > now && this.#until.size < this.#most) break;
      this.#until.delete(oldest);
    }
    this.#until.delete(id);
    this.#until.set(id, now + this.#millis);
  }
}
