import type { Message } from '../bus';
import type { WorkItem } from '../events';

/** Where a bus without a server keeps the work that it has taken: it outlives the process. */
export interface WorkJournal {
  /** Keeps work until it is forgotten; what is kept already stays as it is. */
  keepWork(messages: readonly Message<WorkItem>[]): Promise<void>;
  /** Work is done, or is a dead letter. By `eventId`. */
  forgetWork(ids: readonly string[]): Promise<void>;
  keptWork(): AsyncIterable<Message<WorkItem>>;
}
