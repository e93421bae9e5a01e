import { eventId, type Message, type WorkItem, type WorkJournal } from '@clarion/model';

/** What is done is forgotten together: a write for each would cost more than most of the work itself. */
const togetherMillis = 100;
const together = 500;
/** After a failure: the disk may be full for a while. */
const retryMillis = 2000;

/**
 * The work of a bus in its journal. Written before it counts as taken; forgotten soon after it is done: work that a
 * process had done when it died, and not forgotten, is done again, which changes nothing.
 */
export class KeptWork {
  #journal: WorkJournal | undefined;
  readonly #done = new Set<string>();
  #timer: NodeJS.Timeout | undefined;
  #forgetting: Promise<void> = Promise.resolve();

  constructor(journal: WorkJournal | undefined) {
    this.#journal = journal;
  }

  /** Resolves when all of it outlives this process, as far as there is a journal. */
  async keep(messages: readonly Message<WorkItem>[]): Promise<void> {
    if (this.#journal === undefined) return;
    for (const { event } of messages) this.#done.delete(eventId(event));
    // What is just being forgotten may be the same work, which is new now.
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

  /** Forgets at once what is done. Never rejects: it is tried again. */
  flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#forgetting = this.#forgetting.then(() => this.#forgetDone());
    return this.#forgetting;
  }

  /** The journal is not used any more: what ends from now on is done again by the next process. */
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
