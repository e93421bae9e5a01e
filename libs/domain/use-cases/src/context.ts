import { randomUUID } from 'node:crypto';
import type { CompositionCounts, EffectiveImage, FeedSource, FeedState } from '@clarion/model';
import { countFindings, namespaceIds, type ReportOptions } from '@clarion/reporting';
import { defaultUseCaseLimits, type UseCaseDependencies, type UseCaseLimits } from './dependencies';
import { neverLoaded } from './needed-feeds';
import type { EventFanOut } from './event-fan-out';
import type { CallerTurns } from './caller-turns';
import { createHistoryTurns } from './history/history-turns';
import { resolveInTurns } from './resolve-in-turns';

/** Context of all use cases: the dependencies with defaults filled in. */
export interface UseCaseContext extends Omit<UseCaseDependencies, 'limits' | 'now' | 'maxFeedAgeMinutes'> {
  readonly limits: UseCaseLimits;
  readonly now: () => Date;
  readonly maxFeedAgeMinutes: number;
  readonly fanOut: EventFanOut;
  /** For answers about the past, each of which is computed for its caller. */
  readonly historyTurns: CallerTurns;
  /** Identifies this instance where several processes do the same work. */
  readonly owner: string;
}

/** As the command line: advisory data older than a week is stale. */
export const defaultFeedAgeMinutes = 7 * 24 * 60;

export function contextOf(dependencies: UseCaseDependencies, fanOut: EventFanOut): UseCaseContext {
  const owner = `use cases ${randomUUID()}`;
  const { now = () => new Date(), maxFeedAgeMinutes = defaultFeedAgeMinutes } = dependencies;
  const limits = { ...defaultUseCaseLimits, ...dependencies.limits };
  const resolveImage = resolveInTurns(dependencies.resolveImage, limits.resolutions);
  const historyTurns = createHistoryTurns();
  return { ...dependencies, limits, resolveImage, now, maxFeedAgeMinutes, fanOut, historyTurns, owner };
}

/** What matching needs of a context. */
export type MatchSettings = Pick<
  UseCaseContext,
  'feeds' | 'ownVulnerabilities' | 'now' | 'maxFeedAgeMinutes' | 'clarionVersion' | 'store'
>;

/**
 * Match options, as on the command line. Own vulnerabilities take precedence over all feeds; an installation without
 * any gets reports as if that feed did not exist.
 */
export function matchOptions(settings: MatchSettings, states: readonly FeedState[]): ReportOptions {
  const { ownVulnerabilities, now, maxFeedAgeMinutes, clarionVersion } = settings;
  const spoken = states.some(({ feed }) => feed === ownVulnerabilities.id);
  const feeds: readonly FeedSource[] = spoken ? [ownVulnerabilities, ...settings.feeds] : settings.feeds;
  return {
    feeds,
    now: now(),
    maxFeedAgeMinutes,
    clarionVersion,
  };
}

/**
 * Counts the vulnerabilities of an image by severity, as its report would. Undefined while the feeds for it were
 * never loaded, as zeros would look like a result; they are counted once those feeds are loaded. Null when there are
 * too many to count.
 */
export async function countVulnerabilities(
  image: EffectiveImage,
  settings: MatchSettings,
): Promise<CompositionCounts | null | undefined> {
  const states = await settings.store.feedStates();
  if (neverLoaded(namespaceIds(image), { states, feeds: settings.feeds }).length > 0) return undefined;
  return countFindings(image, settings.store, matchOptions(settings, states));
}
