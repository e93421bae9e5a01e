import type { BusMessage } from '../bus';
import type { WorkItem } from '../events';

/** Where a bus without a server stores the work that it has accepted: it outlives the process. */
export interface WorkJournal {
  /** Stores work until it is removed; work that is already stored stays unchanged. */
  keepWork(messages: readonly BusMessage<WorkItem>[]): Promise<void>;
  /** Work is done, or is a dead letter. By `eventId`. */
  forgetWork(ids: readonly string[]): Promise<void>;
  keptWork(): AsyncIterable<BusMessage<WorkItem>>;
}
