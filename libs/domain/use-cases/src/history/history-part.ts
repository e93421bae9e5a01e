import type { Digest } from '@clarion/model';
import { comparePart } from './compare-part';
import type { HistoryPart } from './part-types';
import { type HistoryDeps, timelinePart } from './timeline-part';

/** The answer, as JSON can hold it. */
export function historyPart(digest: Digest, part: HistoryPart, deps: HistoryDeps): Promise<unknown> {
  return 'timeline' in part ? timelinePart(digest, part.timeline, deps) : comparePart(part.compare, deps);
}
