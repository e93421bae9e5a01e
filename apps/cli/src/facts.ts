import { ClarionError, type FeedState, type Store } from '@clarion/model';
import { openEmbeddedStore } from '@clarion/store-embedded';
import { createProgress, type Progress } from './progress';
import type { CommonSettings } from './settings';

/** What every command that touches stored facts works with. */
export interface Facts {
  readonly store: Store;
  /** The store cannot be written: what is stored is used as it is. */
  readonly readOnly: boolean;
  /** Where it lies: there is room for what does not fit into memory. */
  readonly directory: string;
  readonly progress: Progress;
  /** Aborted by Ctrl-C: work stops where nothing is half done. */
  readonly signal: AbortSignal;
}

/** How the updates of feeds went, for commands that work without a store, too: nothing where there is none. */
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
 * Opens the store and the progress display, runs `work`, and closes both whatever happens. Work that `writes` facts of feeds
 * needs a store that can be written; all other can do with one that can only be read.
 */
export async function withFacts(
  settings: CommonSettings,
  work: (facts: Facts) => Promise<void>,
  { writes = false }: { readonly writes?: boolean } = {},
): Promise<void> {
  const abort = new AbortController();
  const interrupt = (): void => {
    abort.abort();
  };
  // Not SIGTERM: what the system does by itself also ends a process that is too busy to hear of a signal. The store survives
  // it, and temporary files have no names any more.
  process.once('SIGINT', interrupt);
  // The first process of a container has no such default.
  if (process.pid === 1) process.once('SIGTERM', interrupt);
  const progress = createProgress(settings);
  try {
    const store = await openEmbeddedStore({
      directory: settings.db,
      readOnly: writes ? false : 'where-needed',
      // Asked only where changes are recorded for the process that serves from there.
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
