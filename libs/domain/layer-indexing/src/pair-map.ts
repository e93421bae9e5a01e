/**
 * Values under a pair of strings, the first of which is one of few: a joined key would take more memory than its
 * value, and a layer has a hundred thousand files.
 */
export class PairMap<Value> {
  private readonly parts = new Map<string, Map<string, Value>>();

  get(first: string, second: string): Value | undefined {
    return this.parts.get(first)?.get(second);
  }

  set(first: string, second: string, value: Value): void {
    let part = this.parts.get(first);
    if (part === undefined) this.parts.set(first, (part = new Map<string, Value>()));
    part.set(second, value);
  }

  delete(first: string, second: string): void {
    this.parts.get(first)?.delete(second);
  }

  *values(): Generator<Value> {
    for (const part of this.parts.values()) yield* part.values();
  }
}
