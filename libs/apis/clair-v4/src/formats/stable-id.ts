import { hash } from 'node:crypto';

/** An id that follows from what it identifies: the same in every report, process and installation. */
export function stableId(...parts: readonly unknown[]): string {
  return hash('sha256', JSON.stringify(parts)).slice(0, 32);
}
