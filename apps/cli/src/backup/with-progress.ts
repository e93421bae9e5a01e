import { createProgress, type Progress } from '../progress';
import type { CommonSettings } from '../settings';

/** The context of a command that opens stores itself. */
export interface ProgressContext {
  readonly progress: Progress;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
}

/** Runs `work` with the progress display, which is closed in any case. */
export async function withProgress(
  settings: CommonSettings,
  work: (context: ProgressContext) => Promise<void>,
): Promise<void> {
  const abort = new AbortController();
  const interrupt = (): void => {
    abort.abort();
  };
  process.once('SIGINT', interrupt);
  const progress = createProgress(settings);
  try {
    await work({ progress, signal: abort.signal });
  } finally {
    progress.close();
    process.removeListener('SIGINT', interrupt);
  }
}
