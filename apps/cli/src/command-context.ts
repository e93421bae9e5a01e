import { ClarionError, type FeedState, type Store } from '@clarion/model';
import { openEmbeddedStore } from '@clarion/store-embedded';
import { createProgress, type Progress } from './progress';
import type { CommonSettings } from './settings';

/** The context of every command that uses stored facts. */
export interface CommandContext {
  readonly store: Store;
  /** The store is read-only: stored data is used as it is. */
  readonly readOnly: boolean;
  /** The directory of the store, also for data that does not fit into memory. */
  readonly directory: string;
  readonly progress: Progress;
  /** Aborted by Ctrl-C: work stops in a consistent state. */
  readonly signal: AbortSignal;
}

/** The states of feed updates, also for commands that work without a store: empty where none exists. */
export async function storedFeedStates(directory: string): Promise<ReadonlyMap<string, FeedState>> {
  try {
    const store = await openEmbeddedStore({ directory, readOnly: true });
    try {
      return new Map((await store.feedStates()).map((state) => [state.feed, state]));
    } finally {
      await store.close();
    }
  } catch (error) {
    if (error instanceof ClarionError && error.code === 'no-data') return new Map();
    throw error;
  }
}

/**
 * Opens the store and the progress display, runs `work`, and closes both in any case. Work that `writes` facts of
 * feeds needs a writable store; other work can use a read-only one.
 */
export async function withCommandContext(
  settings: CommonSettings,
  work: (context: CommandContext) => Promise<void>,
  { writes = false }: { readonly writes?: boolean } = {},
): Promise<void> {
  const abort = new AbortController();
  const interrupt = (): void => {
    abort.abort();
  };
  // Not SIGTERM: the system's default action also ends a process that is too busy to handle a signal. The store
  // survives it, and temporary files are already unlinked.
  process.once('SIGINT', interrupt);
  // The first process of a container has no such default.
  if (process.pid === 1) process.once('SIGTERM', interrupt);
  const progress = createProgress(settings);
  try {
    const store = await openEmbeddedStore({
      directory: settings.db,
      readOnly: writes ? false : 'where-needed',
      // Only used where changes are recorded for the process that serves from there.
      mentions: true,
    });
    try {
      await work({ store, readOnly: store.readOnly, directory: settings.db, progress, signal: abort.signal });
    } finally {
      await store.close();
    }
  } finally {
    progress.close();
    process.removeListener('SIGINT', interrupt);
  }
}
