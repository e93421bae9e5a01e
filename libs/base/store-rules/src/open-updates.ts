import { ClarionError, type CommittedRevision, type FeedState, type FeedUpdate, type FeedWriter } from '@clarion/model';

/** An update of a feed while its writer is usable. */
export interface UpdateSlot<Update> {
  /** The update, for facts of this feed. Throws `invalid-input` when it has ended, or for facts of another feed. */
  active(factsOf: string): Update;
  /** Ends it, once. */
  end(): void | Promise<void>;
}

/** An update that is ready to commit, with the state of its feed afterwards. */
export interface ReadyUpdate<Update> {
  readonly update: Update;
  readonly state: FeedState;
  readonly revision: CommittedRevision | undefined;
}

/** The open updates of a store, each found by the writer that its caller has. */
export class OpenUpdates<Update> {
  private readonly slots = new Map<FeedWriter, UpdateSlot<Update>>();

  /**
   * Opens the update of a feed; `makeWriter` creates the writer of its slot, `close` releases the resources of the
   * update.
   */
  open(
    {
      feed,
      update,
      close,
    }: { readonly feed: string; readonly update: Update; readonly close: () => void | Promise<void> },
    makeWriter: (slot: UpdateSlot<Update>) => FeedWriter,
  ): FeedWriter {
    let isOpen = true;
    const slot: UpdateSlot<Update> = {
      active: (factsOf) => {
        if (!isOpen) throw new ClarionError('invalid-input', `the update of feed ${feed} has already ended`);
        if (factsOf === feed) return update;
        throw new ClarionError('invalid-input', `facts of feed ${factsOf} in the update of feed ${feed}`);
      },
      end: () => {
        if (!isOpen) return undefined;
        isOpen = false;
        this.slots.delete(writer);
        return close();
      },
    };
    const writer = makeWriter(slot);
    this.slots.set(writer, slot);
    return writer;
  }

  /**
   * The updates to commit. Throws `invalid-input` when one has ended, or belongs to another store or to another feed
   * than its state.
   */
  ready(updates: readonly FeedUpdate[]): readonly ReadyUpdate<Update>[] {
    return updates.map(({ writer, state, revision }) => {
      const slot = this.slots.get(writer);
      if (slot !== undefined) return { update: slot.active(state.feed), state, revision };
      throw new ClarionError(
        'invalid-input',
        `the update of feed ${state.feed} has already ended, or is one of another store`,
      );
    });
  }

  /** Ends the updates of these writers; ended ones are not affected. */
  async end(updates: readonly FeedUpdate[]): Promise<void> {
    await this.endAll(updates.map(({ writer }) => writer));
  }

  /**
   * Ends all updates, or those of some writers; an update that cannot be ended now is left to the next writer of its
   * feed.
   */
  async endAll(writers: Iterable<FeedWriter> = [...this.slots.keys()]): Promise<void> {
    await Promise.allSettled(Array.from(writers, async (writer) => this.slots.get(writer)?.end()));
  }
}
