import type { ChangesSince, LoggedChange } from '@clarion/model';

/**
 * Notes the first change of each record after the revisions of `since`, by what it is about: its `before` is the record
 * as it was at these revisions. Of later changes nothing is kept, so that a long log needs no memory. Changes of feeds
 * that are not in `since` are left out.
 */
export class FirstChanges<Change extends LoggedChange> {
  private readonly first = new Map<string, Change>();
  private readonly since: ChangesSince;
  private readonly keyOf: (change: Change) => string;

  constructor(since: ChangesSince, keyOf: (change: Change) => string) {
    this.since = since;
    this.keyOf = keyOf;
  }

  add(change: Change): void {
    const seen = this.since.get(change.feed);
    if (seen === undefined || change.update <= seen) return;
    const key = this.keyOf(change);
    const known = this.first.get(key);
    if (known === undefined || change.update < known.update) this.first.set(key, change);
  }

  /** Passes changes on, and notes the first ones. */
  async *noting(changes: AsyncIterable<Change>): AsyncGenerator<Change> {
    for await (const change of changes) {
      this.add(change);
      yield change;
    }
  }

  async read(changes: AsyncIterable<Change>): Promise<this> {
    for await (const change of changes) this.add(change);
    return this;
  }

  values(): readonly Change[] {
    return [...this.first.values()];
  }
}
