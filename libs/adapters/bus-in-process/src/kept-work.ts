import { eventId, type BusMessage, type WorkItem, type WorkJournal } from '@clarion/model';

/** Finished work is removed in batches: one write each would cost more than most of the work itself. */
const togetherMillis = 100;
const together = 500;
/** After a failure: the disk may be full for a while. */
const retryMillis = 2000;

/**
 * The journaled work of a bus. Work is written before it counts as accepted and removed soon after it is finished. Work
 * that a process finished but did not remove before it died is repeated, which is idempotent.
 */
export class KeptWork {
  #journal: WorkJournal | undefined;
  readonly #done = new Set<string>();
  #timer: NodeJS.Timeout | undefined;
  #forgetting: Promise<void> = Promise.resolve();

  constructor(journal: WorkJournal | undefined) {
    this.#journal = journal;
  }

  /** Resolves when all of it is durable, if there is a journal. */
  async keep(messages: readonly BusMessage<WorkItem>[]): Promise<void> {
    if (this.#journal === undefined) return;
    for (const { event } of messages) this.#done.delete(eventId(event));
    // The batch that is being removed may contain the same work, which is new again.
    await this.#forgetting;
    await this.#journal.keepWork(messages);
  }

  /** Work is done or is a dead letter. */
  forget(id: string): void {
    if (this.#journal === undefined) return;
    this.#done.add(id);
    if (this.#done.size >= together) void this.flush();
    else this.#later(togetherMillis);
  }

  /** Removes finished work immediately. Never rejects: failures are retried. */
  flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#forgetting = this.#forgetting.then(() => this.#forgetDone());
    return this.#forgetting;
  }

  /** The journal is no longer used: work that ends from now on is repeated by the next process. */
  async close(): Promise<void> {
    await this.flush();
    this.#journal = undefined;
    clearTimeout(this.#timer);
  }

  async #forgetDone(): Promise<void> {
    const ids = [...this.#done];
    if (ids.length === 0) return;
    this.#done.clear();
    try {
      await this.#journal?.forgetWork(ids);
    } catch {
      for (const id of ids) this.#done.add(id);
      this.#later(retryMillis);
    }
  }

  #later(millis: number): void {
    this.#timer ??= setTimeout(() => void this.flush(), millis).unref();
  }
}
