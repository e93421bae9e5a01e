import type { Journal } from './journal';

/**
 * Values under a pair of strings, the first of which is one of few: a joined key would take more memory than its
 * value, and a layer has a hundred thousand files.
 */
export class PairMap<Value> {
  private readonly parts = new Map<string, Map<string, Value>>();
  private readonly journal: Journal;

  /** `journal` notes all changes. */
  constructor(journal: Journal) {
    this.journal = journal;
  }

  get(first: string, second: string): Value | undefined {
    return this.parts.get(first)?.get(second);
  }

  set(first: string, second: string, value: Value): void {
    const part = this.parts.get(first);
    if (part === undefined) this.journal.set(this.parts, first, new Map([[second, value]]));
    else this.journal.set(part, second, value);
  }

  delete(first: string, second: string): void {
    const part = this.parts.get(first);
    if (part !== undefined) this.journal.delete(part, second);
  }

  *values(): Generator<Value> {
    for (const part of this.parts.values()) yield* part.values();
  }
}
