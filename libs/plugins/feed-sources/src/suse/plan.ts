import { ClarionError, type FeedPlan, type FeedState, planOf, type Upstream } from '@clarion/model';

export const archiveName = 'osv.tar.bz2';
export const vexArchiveName = 'csaf-vex.tar.bz2';

/**
 * Both archives. That of VEX documents is left out where the upstream's list shows that it never had it: mirrors that
 * were made for the updates alone go on, and the feed is partial. Once it was read, its absence is a failure of the update.
 */
export async function plan(upstream: Upstream, last: FeedState | undefined): Promise<FeedPlan> {
  const wasRead = last !== undefined && Object.hasOwn(last.documents, vexArchiveName);
  if (wasRead || (await mayHaveVex(upstream))) return { ...planOf([archiveName, vexArchiveName]), missing: [] };
  return { ...planOf([archiveName]), missing: [{ name: vexArchiveName }] };
}

async function mayHaveVex(upstream: Upstream): Promise<boolean> {
  try {
    // A mirror may hold it unpacked, or packed in another way.
    return (await upstream.list('')).some((name) => name.startsWith('csaf-vex.tar'));
  } catch (error) {
    // A server without an index page. Were it down, or its name not known now, fetching the archives would tell.
    if (error instanceof ClarionError && error.retryable) return true;
    throw error;
  }
}
