import type {
  Coverage,
  EffectiveImage,
  FeedCoverage,
  FeedState,
  PlacedFeature,
  UncoveredPackage,
  UndeterminedPackage,
} from '@clarion/model';
import { isGap } from '@clarion/model';
import { endOfLifeOf } from './end-of-life';
import { coveringNamespaces, speaksAbout } from './namespaces';
import { byTexts, compareText, sortedTexts } from './order';
import { thirdPartyOf } from './third-party';
import type { MatchOptions } from './types';

/** Whether any feed was ever loaded; without, a report can say nothing about vulnerabilities. */
export function hasAdvisoryData(states: readonly FeedState[]): boolean {
  return states.some(({ lastSuccess, groups }) => lastSuccess !== undefined && groups > 0);
}

export interface CoverageInput {
  readonly image: EffectiveImage;
  readonly states: readonly FeedState[];
  readonly undetermined: readonly UndeterminedPackage[];
}

/** What a report about this image can and cannot speak of. */
export function coverageOf({ image, states, undetermined }: CoverageInput, options: MatchOptions): Coverage {
  // A few statements of one's own are not the advisories of a distribution.
  const foreign = states.filter(({ feed }) => options.precedence?.includes(feed) !== true);
  const loaded = new Map(foreign.map((state) => [state.feed, namespacesWithData(state)]));
  const ids = namespaceIds(image);
  const namespaces = ids.map((id) => ({
    id,
    feeds: [...loaded]
      .flatMap(([feed, known]) => (coveringNamespaces(id).some((one) => known.has(one)) ? [feed] : []))
      .sort(compareText),
    endOfLife: endOfLifeOf(id),
  }));
  const covered = new Set(namespaces.filter(({ feeds }) => feeds.length > 0).map(({ id }) => id));
  const why = (feature: PlacedFeature): string | undefined =>
    covered.has(feature.namespace ?? '')
      ? thirdPartyReason(feature)
      : uncoveredReason({ image, states }, options, feature);
  const feeds = feedsFor(ids, states, options);
  return {
    namespaces,
    uncovered: uncoveredPackages(image.features, why),
    undetermined: [...undetermined].sort(byUndetermined).filter(isNew(byUndetermined)),
    feeds,
    complete:
      image.features.length > 0 &&
      !image.problems.some(isGap) &&
      undetermined.length === 0 &&
      image.features.every(({ namespace }) => namespace !== null) &&
      covered.size === ids.length &&
      feeds.every(({ id, updatedAt, stale }) => (updatedAt !== null && !stale) || describes(id, options)),
  };
}

function namespacesWithData({ documents }: FeedState): ReadonlySet<string> {
  return new Set(Object.values(documents).flatMap(({ namespaces }) => namespaces));
}

function namespaceIds({ namespaces, channels, features }: EffectiveImage): readonly string[] {
  const ofFeatures = features.flatMap(({ namespace }) => (namespace === null ? [] : [namespace]));
  return sortedTexts([...namespaces.map(({ id }) => id), ...channels.map(({ id }) => id), ...ofFeatures]);
}

/**
 * Feeds that speak, or should speak, about one of the namespaces, and beside them those that describe vulnerabilities,
 * once they were asked for: without them a report lacks severities, and no finding.
 */
function feedsFor(
  ids: readonly string[],
  states: readonly FeedState[],
  options: MatchOptions,
): readonly FeedCoverage[] {
  const stateOf = new Map(states.map((state) => [state.feed, state]));
  const expected = options.feeds
    .filter((feed) => feed.enabled !== false && ids.some((id) => speaksAbout(feed, id)))
    .map(({ id }) => id);
  const present = states
    .filter((state) => ids.flatMap(coveringNamespaces).some((id) => namespacesWithData(state).has(id)))
    .map(({ feed }) => feed);
  const speaking = [...expected, ...present];
  const describing = speaking.length === 0 ? [] : states.filter(({ feed }) => describes(feed, options));
  return sortedTexts([...speaking, ...describing.map(({ feed }) => feed)]).map((id) => {
    const state = stateOf.get(id);
    const checkedAt = state?.lastSuccess;
    // The time shown is that of the facts: a check that finds nothing new must not change the report.
    const updatedAt = checkedAt === undefined ? null : (state?.lastChange ?? checkedAt);
    const stale = checkedAt !== undefined && isStale(id, checkedAt, options);
    return { id, updatedAt, stale, ...(describes(id, options) && { describing: true as const }) };
  });
}

/** A feed about no package whatever cannot leave a gap among findings. */
function describes(id: string, { feeds }: MatchOptions): boolean {
  return feeds.some((feed) => feed.id === id && feed.enabled !== false && feed.namespaces.length === 0);
}

const twoDays = 2 * 24 * 60;

function isStale(feed: string, checkedAt: string, options: MatchOptions): boolean {
  const refresh = options.feeds.find(({ id }) => id === feed)?.refreshMinutes ?? 0;
  const limit = options.maxFeedAgeMinutes ?? Math.max(twoDays, 4 * refresh);
  const age = (options.now.getTime() - Date.parse(checkedAt)) / 60_000;
  // A time that cannot be read counts as stale.
  return !(age <= limit);
}

function uncoveredReason(
  { image, states }: Pick<CoverageInput, 'image' | 'states'>,
  { feeds }: MatchOptions,
  { namespace, type }: PlacedFeature,
): string {
  if (namespace === null) {
    if (image.namespaces.length === 0) return 'distribution unknown';
    return `${type} database does not belong to the distribution ${image.namespaces.map(({ id }) => id).join(', ')}`;
  }
  const speaking = feeds.filter((feed) => speaksAbout(feed, namespace));
  if (speaking.length === 0) return 'no feed for this distribution';
  const enabled = speaking.filter((feed) => feed.enabled !== false);
  if (enabled.length === 0) {
    return `no advisory source enabled for this distribution: feed ${speaking.map(({ id }) => id).join(', ')} is off`;
  }
  const loaded = new Set(states.flatMap(({ feed, lastSuccess }) => (lastSuccess === undefined ? [] : [feed])));
  const missing = enabled.find(({ id }) => !loaded.has(id));
  return missing === undefined
    ? 'no advisory data for this release'
    : `feed ${missing.id} has not been loaded yet: run clarion update`;
}

function thirdPartyReason(feature: PlacedFeature): string | undefined {
  const publisher = thirdPartyOf(feature);
  return publisher && `third-party package (${publisher}): not in the distribution's advisories`;
}

const byUncovered = byTexts<UncoveredPackage>(
  (p) => p.namespace,
  (p) => p.package,
  (p) => p.version,
  (p) => p.reason,
);
const byUndetermined = byTexts<UndeterminedPackage>(
  (p) => p.namespace,
  (p) => p.package,
  (p) => p.version,
  (p) => p.vulnerability,
  (p) => p.reason,
);

function uncoveredPackages(
  features: readonly PlacedFeature[],
  why: (feature: PlacedFeature) => string | undefined,
): readonly UncoveredPackage[] {
  return features
    .flatMap((feature) => {
      const reason = why(feature);
      const { name, version, namespace } = feature;
      return reason === undefined ? [] : [{ package: name, version, namespace, reason }];
    })
    .sort(byUncovered)
    .filter(isNew(byUncovered));
}

/** Keeps the first of equal neighbours: the architectures of one package say the same. */
function isNew<T>(order: (a: T, b: T) => number): (item: T, index: number, all: readonly T[]) => boolean {
  return (item, index, all) => index === 0 || order(item, all[index - 1] ?? item) !== 0;
}
