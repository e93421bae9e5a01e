import { ClarionError, type FeedPlan, type FeedState, planOf, type Upstream } from '@clarion/model';

export const archiveName = 'osv.tar.bz2';
export const vexArchiveName = 'csaf-vex.tar.bz2';

/**
 * Both archives. The archive of VEX documents is left out where the upstream does not list it and it was never read:
 * mirrors of the updates alone keep working, and the feed is partial. Once it was read, its absence fails the update.
 */
export async function plan(upstream: Upstream, last: FeedState | undefined): Promise<FeedPlan> {
  const wasRead = last !== undefined && Object.hasOwn(last.documents, vexArchiveName);
  if (wasRead || (await mayHaveVex(upstream))) return { ...planOf([archiveName, vexArchiveName]), missing: [] };
  return { ...planOf([archiveName]), missing: [{ name: vexArchiveName }] };
}

async function mayHaveVex(upstream: Upstream): Promise<boolean> {
  try {
    // A mirror may have it unpacked, or packed in another way.
    return (await upstream.list('')).some((name) => name.startsWith('csaf-vex.tar'));
  } catch (error) {
    // A server without an index page. If it is down or its name does not resolve, fetching the archives fails.
    if (error instanceof ClarionError && error.retryable) return true;
    throw error;
  }
}
