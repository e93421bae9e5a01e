/**
 * Notes changes of maps, sets and objects, so that they can be taken back: what shares a state then costs what it changes
 * there, and no copy. While it notes nothing, its methods only make their changes.
 */
export class Journal {
  private undo: (() => void)[] | undefined;
  /** What is put back as a whole, whatever else happens to it. */
  private readonly whole = new Set<object>();

  /** From now on, changes are noted. */
  begin(): void {
    this.undo = [];
  }

  /** Takes back what was noted, so that all is as it was, also the order of maps and sets. */
  rollBack(): void {
    const undo = this.undo ?? [];
    this.undo = undefined;
    this.whole.clear();
    for (const one of undo.reverse()) one();
  }

  /** Has `action` run when the changes are taken back. */
  onRollBack(action: () => void): void {
    this.undo?.push(action);
  }

  assign<T extends object, Member extends keyof T>(object: T, member: Member, value: T[Member]): void {
    if (this.undo !== undefined) {
      const before = object[member];
      this.undo.push(() => {
        object[member] = before;
      });
    }
    object[member] = value;
  }

  set<Key, Value>(map: Map<Key, Value>, key: Key, value: Value): void {
    if (this.undo !== undefined && !this.whole.has(map)) {
      const before = map.get(key);
      const had = before !== undefined || map.has(key);
      this.undo.push(() => {
        if (had) map.set(key, before as Value);
        else map.delete(key);
      });
    }
    map.set(key, value);
  }

  add<Value>(set: Set<Value>, value: Value): void {
    if (this.undo !== undefined && !this.whole.has(set) && !set.has(value)) {
      this.undo.push(() => {
        set.delete(value);
      });
    }
    set.add(value);
  }

  delete<Key>(from: Map<Key, unknown> | Set<Key>, key: Key): void {
    if (this.undo !== undefined && from.has(key)) this.keepWhole(from);
    from.delete(key);
  }

  clear(map: Map<unknown, unknown>): void {
    if (this.undo !== undefined && map.size > 0) this.keepWhole(map);
    map.clear();
  }

  /** What is deleted and added again comes last: only a copy keeps the order. */
  private keepWhole(all: Map<unknown, unknown> | Set<unknown>): void {
    if (this.whole.has(all)) return;
    this.whole.add(all);
    const isMap = all instanceof Map;
    const entries = isMap ? [...all] : [];
    const values = isMap ? [] : [...all];
    this.undo?.push(() => {
      all.clear();
      if (isMap) for (const [key, value] of entries) all.set(key, value);
      else for (const value of values) all.add(value);
    });
  }
}
