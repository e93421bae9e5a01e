/** Values that may be forgotten at any time, least recently used first: all of them take at most so much. */
export class BoundedCache<Value> {
  readonly #most: number;
  /** In the order of their last use. */
  readonly #entries = new Map<string, { readonly value: Value; readonly size: number }>();
  #size = 0;

  /** `most` in the unit of the sizes that are given for the values. */
  constructor(most: number) {
    this.#most = most;
  }

  /** What all values take. */
  get size(): number {
    return this.#size;
  }

  get(key: string): Value | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    return entry.value;
  }

  /** Keeps a value, in place of another one of the same key; not if it alone takes more than a quarter of everything. */
  set(key: string, value: Value, size: number): void {
    this.delete(key);
    const taken = size + key.length;
    if (taken > this.#most / 4) return;
    this.#entries.set(key, { value, size: taken });
    this.#size += taken;
    for (const oldest of this.#entries.keys()) {
      if (this.#size <= this.#most) break;
      this.delete(oldest);
    }
  }

  delete(key: string): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    this.#entries.delete(key);
    this.#size -= entry.size;
  }

  /** The keys of all values; those of deleted ones are left out meanwhile. */
  keys(): Iterable<string> {
    return this.#entries.keys();
  }

  clear(): void {
    this.#entries.clear();
    this.#size = 0;
  }
}
