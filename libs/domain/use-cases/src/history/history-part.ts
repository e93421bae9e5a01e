import type { Digest } from '@clarion/model';
import type { ReportDeps } from '../report-deps';
import { comparePart } from './compare-part';
import type { HistoryPart } from './part-types';
import { timelinePart } from './timeline-part';

/** The answer, as JSON can hold it. */
export function historyPart(digest: Digest, part: HistoryPart, deps: ReportDeps): Promise<unknown> {
  return 'timeline' in part ? timelinePart(digest, part.timeline, deps) : comparePart(part.compare, deps);
}
