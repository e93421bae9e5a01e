import type { EntryBody } from './entry-body';

/** A larger body has memory of its own. */
const mostShared = 64 * 1024;
/** Larger than what allocators reuse, so that the system gets it back once no body in it is kept. */
const slabBytes = 4 * 1024 * 1024;
/** The first one is smaller, since few bodies are kept of most layers, and each further one twice as large. */
const firstSlabBytes = 128 * 1024;
const briefBytes = 512;

/**
 * Memory for the bodies of an archive. Bodies that are kept are mostly small and many, are kept by the same caller, and are
 * dropped together: each with memory of its own, they take a fifth more, and leave holes that the system never gets back.
 */
export class BodyRoom {
  private slab = Buffer.alloc(0);
  private nextSlabBytes = firstSlabBytes;
  private readonly brief = Buffer.allocUnsafeSlow(briefBytes);

  /** Bytes for a body, to be overwritten completely. Those of a brief one are used again for the next. */
  allocate({ size, brief }: Pick<EntryBody, 'size' | 'brief'>): Buffer {
    if (brief === true && size <= briefBytes) return this.brief.subarray(0, size);
    if (size > mostShared) return Buffer.allocUnsafeSlow(size);
    if (size > this.slab.length) {
      this.slab = Buffer.allocUnsafeSlow(this.nextSlabBytes);
      this.nextSlabBytes = Math.min(2 * this.nextSlabBytes, slabBytes);
    }
    const bytes = this.slab.subarray(0, size);
    this.slab = this.slab.subarray(size);
    return bytes;
  }
}
