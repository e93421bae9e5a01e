import { ClarionError, type Page, pageBytes, type PageRequest, sizeOf } from '@clarion/model';

/** Throws `invalid-input` unless the limit is a whole number from 1. */
export function checkLimit({ limit }: Pick<PageRequest, 'limit'>): void {
  if (Number.isSafeInteger(limit) && limit >= 1) return;
  throw new ClarionError('invalid-input', `the limit of a page must be at least 1, not ${limit}`);
}

/** Collects a page: as many rows as requested, or as many as fit into `pageBytes`. */
export class PageBuilder<T> {
  private readonly items: T[] = [];
  private readonly limit: number;
  private rows = 0;
  private bytes = 0;
  private next: string | undefined;

  constructor(limit: number) {
    this.limit = limit;
  }

  /** Whether another row belongs to the next page. */
  isFull(): boolean {
    return this.next !== undefined && (this.rows === this.limit || this.bytes >= pageBytes);
  }

  /** Adds a row with its place (`after` of the next page); a row whose item is gone still counts. */
  add(position: string, item: T | undefined): void {
    if (item !== undefined) {
      this.items.push(item);
      this.bytes += sizeOf(item);
    }
    this.rows += 1;
    this.next = position;
  }

  /** The page, with the place where the next one begins if there are more rows. */
  page(hasMore: boolean): Page<T> {
    return hasMore && this.next !== undefined ? { items: this.items, next: this.next } : { items: this.items };
  }
}

/** The error for a cursor that is not in the list: of another list, or made up. */
export function invalidCursor(list: string): ClarionError {
  return new ClarionError('invalid-input', `The position is not valid for ${list}`, {
    remedy: 'use `next` of the page before',
  });
}
