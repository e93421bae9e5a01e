import { hash } from 'node:crypto';
import type { FeedState } from '@clarion/model';
import { factsName, isFresh } from '@clarion/reporting';
import type { UseCaseContext } from './context';
import type { SubmittedImage } from './use-cases';

export interface ReportTagOptions {
  readonly context: Pick<UseCaseContext, 'now' | 'maxFeedAgeMinutes' | 'clarionVersion' | 'feeds'>;
  /** Id of the format. */
  readonly format: string;
  readonly showSuppressed: boolean;
}

/**
 * Names everything changeable that a report depends on: equal tags mean equal bytes, also of other processes. Facts of
 * feeds are named by the states that were written with them, those of today or of another day.
 */
export function reportTag(image: SubmittedImage, states: readonly FeedState[], options: ReportTagOptions): string {
  const { context, format, showSuppressed } = options;
  const { now, maxFeedAgeMinutes, clarionVersion, feeds } = context;
  const fresh = { now: now(), maxMinutes: maxFeedAgeMinutes };
  const known = states.map((state) => [factsName(state), isFresh(state, fresh)]);
  const { image: described, layers, composition, submission } = image;
  const configured = feeds.map(({ id, enabled }) => [id, enabled !== false]);
  const facts = [described, layers, composition, submission.detectors, submission.absent ?? []];
  const named = [2, clarionVersion, format, showSuppressed, maxFeedAgeMinutes, facts, configured, known];
  return hash('sha256', JSON.stringify(named), 'base64url');
}
