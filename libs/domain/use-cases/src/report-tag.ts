import { hash } from 'node:crypto';
import type { FeedSource, FeedState } from '@clarion/model';
import { factsName, isFresh } from '@clarion/reporting';
import type { UseCaseContext } from './context';
import type { SubmittedImage } from './use-cases';

export interface ReportTagOptions {
  readonly context: Pick<UseCaseContext, 'now' | 'maxFeedAgeMinutes' | 'clarionVersion' | 'buildId' | 'feeds'>;
  /** Id of the format. */
  readonly format: string;
  readonly showSuppressed: boolean;
}

const configurations = new WeakMap<readonly FeedSource[], string>();

/** Names all that configuration says of feeds: another process may have another one. */
function configurationName(feeds: readonly FeedSource[]): string {
  const known = configurations.get(feeds) ?? hash('sha256', JSON.stringify(feeds), 'base64url');
  configurations.set(feeds, known);
  return known;
}

/**
 * Names everything changeable that a report depends on, the program too: equal tags mean equal bytes, also of other processes. Facts of
 * feeds are named by the states that were written with them, those of today or of another day.
 */
export function reportTag(image: SubmittedImage, states: readonly FeedState[], options: ReportTagOptions): string {
  const { context, format, showSuppressed } = options;
  const { now, maxFeedAgeMinutes, clarionVersion, buildId, feeds } = context;
  const fresh = { now: now(), maxMinutes: maxFeedAgeMinutes };
  const known = states.map((state) => [factsName(state), isFresh(state, fresh)]);
  const { image: described, layers, composition, submission } = image;
  const program = [clarionVersion, buildId];
  const facts = [described, layers, composition, submission.detectors, submission.absent ?? []];
  const named = [3, program, format, showSuppressed, maxFeedAgeMinutes, facts, configurationName(feeds), known];
  return hash('sha256', JSON.stringify(named), 'base64url');
}
