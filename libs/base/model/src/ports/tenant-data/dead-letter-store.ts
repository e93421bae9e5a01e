import type { DeadLetter } from '../../bus';
import type { Page, PageRequest } from '../../page';

/** Work that could not be done, kept until it is replayed or dropped. */
export interface DeadLetterStore {
  putDeadLetter(letter: DeadLetter): Promise<void>;
  deadLetter(id: string): Promise<DeadLetter | undefined>;
  /** In the order of their ids. */
  deadLetters(page: PageRequest): Promise<Page<DeadLetter>>;
  removeDeadLetter(id: string): Promise<boolean>;
}
