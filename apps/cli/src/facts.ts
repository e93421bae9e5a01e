import type { Store } from '@clarion/model';
import { openEmbeddedStore } from '@clarion/store-embedded';
import { createProgress, type Progress } from './progress';
import type { CommonSettings } from './settings';

/** What every command that touches stored facts works with. */
export interface Facts {
  readonly store: Store;
  /** Where it lies: there is room for what does not fit into memory. */
  readonly directory: string;
  readonly progress: Progress;
  /** Aborted by Ctrl-C: work stops where nothing is half done. */
  readonly signal: AbortSignal;
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
  const progress = createProgress(settings.quiet ?? false);
  try {
    const store = await openEmbeddedStore({ directory: settings.db, readOnly: writes ? false : 'where-needed' });
    try {
      await work({ store, directory: settings.db, progress, signal: abort.signal });
    } finally {
      await store.close();
    }
  } finally {
    progress.close();
    process.removeListener('SIGINT', interrupt);
  }
}
