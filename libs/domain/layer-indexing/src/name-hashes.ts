/** Slots of a new table; a power of two, like every number of slots. */
const firstSlots = 1024;
const seed = 0x811c9dc5;
const prime = 0x01000193;

/**
 * A set of names as 32-bit hashes (FNV-1a), eight bytes each. It may take a name for one that was added: with 100,000 of
 * them, once in 40,000 questions.
 */
export class NameHashes {
  /** Open addressing; 0 is an empty slot. */
  private slots = new Uint32Array(firstSlots);
  private count = 0;

  add(name: string): void {
    if (this.count * 2 >= this.slots.length) this.grow();
    const hash = hashOf(name);
    const at = this.slotOf(hash);
    if (this.slots[at] === hash) return;
    this.slots[at] = hash;
    this.count += 1;
  }

  mayHave(name: string): boolean {
    const hash = hashOf(name);
    return this.slots[this.slotOf(hash)] === hash;
  }

  /** The slot that contains the hash, else the one where it would be. */
  private slotOf(hash: number): number {
    const mask = this.slots.length - 1;
    let at = hash & mask;
    while (this.slots[at] !== 0 && this.slots[at] !== hash) at = (at + 1) & mask;
    return at;
  }

  private grow(): void {
    const before = this.slots;
    this.slots = new Uint32Array(before.length * 2);
    for (const hash of before) if (hash !== 0) this.slots[this.slotOf(hash)] = hash;
  }
}

function hashOf(name: string): number {
  let hash = seed;
  for (let at = 0; at < name.length; at += 1) hash = Math.imul(hash ^ name.charCodeAt(at), prime);
  return hash >>> 0 || 1;
}
