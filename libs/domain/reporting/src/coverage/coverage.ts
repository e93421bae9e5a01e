import { byTexts, compareText, type ReportCoverage, type CoveredNamespace, type EffectiveImage, type FeedCoverage, feedName, type FeedState, isOwnNamespace, type PlacedFeature, sortedTexts, type UncoveredPackage, type UndeterminedPackage, type ReportGap } from '@clarion/model';
import { thirdPartyOf } from '@clarion/distributions';
import { ecosystemOfNamespace } from '@clarion/ecosystems';
import { coveringNamespaces, type FeedInfo, namespacesWithData, participatingFeeds, roleOf, coversPackagesOf } from '@clarion/matching';
import { supportOf } from './end-of-life';
import { type GapFacts, gapsOfReport } from './gaps';
import { isCoveredBy, ownedNamespaces, withoutOwned } from './owned-namespaces';
import { partialFeeds } from './partial-coverage';
import { isFresh, revisionOf, updatedAtOf } from './feed-revision';
import type { ReportOptions } from '../report-options';
import { unorderedVersions } from './unordered-versions';
import { unreadEcosystems } from './unread-ecosystems';

/** Whether any feed was ever loaded; without, nothing can be said about vulnerabilities. */
export function hasAdvisoryData(states: readonly FeedState[]): boolean {
  return states.some(({ lastSuccess, groups }) => lastSuccess !== undefined && groups > 0);
}

type FeedOptions = Pick<ReportOptions, 'feeds' | 'now' | 'maxFeedAgeMinutes'>;

export interface CoverageInput {
  readonly image: EffectiveImage;
  readonly states: readonly FeedState[];
  readonly undetermined: readonly UndeterminedPackage[];
}

/** What a report about this image covers, and what it does not. */
export function coverageOf({ image, states, undetermined }: CoverageInput, options: ReportOptions): ReportCoverage {
  const { namespaces: known, feeds } = feedCoverage(namespaceIds(image), states, options);
  const concerned = withoutOwned(known, ownedNamespaces(image.features), options.feeds);
  const namespaces = concerned.map((namespace): CoveredNamespace => {
    const partial = partialFeeds(namespace.id, image, { feeds: options.feeds, states });
    return {
      ...namespace,
      ...supportOf(namespace.id, image.evidence),
      ...(partial.length === 0 ? {} : { partial }),
    };
  });
  const covered = new Set(namespaces.filter(({ feeds }) => feeds.length > 0).map(({ id }) => id));
  const why = (feature: PlacedFeature): string | undefined =>
    covered.has(feature.namespace ?? '')
      ? thirdPartyReason(feature)
      : feature.owner !== undefined && !isCoveredBy(options.feeds, feature.namespace ?? '')
        ? undefined
        : uncoveredReason({ image, states }, options, feature);
  const { acceptedEcosystems = [] } = options;
  const ecosystems = unreadEcosystems(image).map((one) => ({ ...one, accepted: acceptedEcosystems.includes(one.id) }));
  const coverage = {
    namespaces,
    uncovered: uncoveredPackages(image.features, why),
    undetermined: [...undetermined, ...unorderedVersions(image.features, undetermined)].sort(byUndetermined).filter(isNew(byUndetermined)),
    feeds,
    ecosystems,
  };
  const { features: packages, problems } = image;
  return { ...coverage, complete: gapsOfReport({ packages, problems, coverage }, options.feeds).length === 0 };
}

/** Why a report on this image is not complete, in the order of `reportGaps`; `states` as `scopedFacts` gives them. */
export function imageGaps(input: CoverageInput, options: ReportOptions): readonly ReportGap[] {
  const { features: packages, problems } = input.image;
  return gapsOfReport({ packages, problems, coverage: coverageOf(input, options) }, options.feeds);
}

/** Which feeds have data about namespaces, and which take part in a report about all of them, loaded or not. */
export function feedCoverage(
  ids: readonly string[],
  states: readonly FeedState[],
  options: FeedOptions,
): Pick<GapFacts, 'namespaces'> & Pick<ReportCoverage, 'feeds'> {
  const dataOf = new Map(states.map((state) => [state.feed, namespacesWithData(state)]));
  const enabled = options.feeds.filter((feed) => feed.enabled !== false);
  const feedsOf = (id: string): readonly string[] =>
    enabled
      .filter((feed) => coversPackagesOf(feed, id))
      .map((feed) => feedName(feed))
      .filter((feed) => coveringNamespaces(id).some((one) => dataOf.get(feed)?.has(one) === true))
      .sort(compareText);
  return { namespaces: ids.map((id) => ({ id, feeds: feedsOf(id) })), feeds: feedsFor(ids, states, options) };
}

/** Ids of all namespaces that packages of an image are looked for in. */
export function namespaceIds({
  namespaces,
  channels,
  features,
}: Pick<EffectiveImage, 'namespaces' | 'channels' | 'features'>): readonly string[] {
  const ofFeatures = features.flatMap(({ namespace }) => (namespace === null ? [] : [namespace]));
  return sortedTexts([...namespaces.map(({ id }) => id), ...channels.map(({ id }) => id), ...ofFeatures]);
}

function feedsFor(ids: readonly string[], states: readonly FeedState[], options: FeedOptions): readonly FeedCoverage[] {
  const stateOf = new Map(states.map((state) => [state.feed, state]));
  return participatingFeeds(options.feeds, ids)
    .map((feed): FeedCoverage => {
      const id = feedName(feed);
      const state = stateOf.get(id);
      return {
        id,
        role: roleOf(feed),
        // Both belong to the facts: a check that finds nothing new must not change the report.
        updatedAt: state === undefined ? null : updatedAtOf(state),
        revision: state === undefined ? null : revisionOf(state),
        stale: state?.lastSuccess !== undefined && isStale(feed, state, options),
        ...(state?.lastSuccess === undefined || state.missing === undefined ? {} : { missing: state.missing }),
      };
    })
    .sort(byTexts<FeedCoverage>(({ id }) => id));
}

const twoDays = 2 * 24 * 60;

function isStale({ refreshMinutes, writtenHere }: FeedInfo, state: FeedState, options: FeedOptions): boolean {
  if (writtenHere === true) return false;
  const maxMinutes = options.maxFeedAgeMinutes ?? Math.max(twoDays, 4 * refreshMinutes);
  return !isFresh(state, { now: options.now, maxMinutes });
}

const switchOn = 'name it in feeds.enable, or take it out of feeds.disable';

function uncoveredReason(
  { image, states }: Pick<CoverageInput, 'image' | 'states'>,
  { feeds }: ReportOptions,
  { namespace, type }: PlacedFeature,
): string {
  if (namespace === null) {
    if (image.namespaces.length === 0) return 'distribution unknown';
    return `${type} database does not belong to the distribution ${image.namespaces.map(({ id }) => id).join(', ')}`;
  }
  const speaking = feeds.filter((feed) => coversPackagesOf(feed, namespace));
  // Packages of a language, or of a type of the user's own, are in it whatever the distribution is.
  const isOther = isOwnNamespace(namespace) || ecosystemOfNamespace(namespace) !== undefined;
  if (speaking.length === 0) return isOther ? `no feed covers ${namespace}` : 'no feed for this distribution';
  const enabled = speaking.filter((feed) => feed.enabled !== false);
  if (enabled.length === 0) {
    const names = speaking.map(feedName).join(', ');
    const subject = isOther ? namespace : 'this distribution';
    return `no advisory source enabled for ${subject}: feed ${names} is off; ${switchOn}`;
  }
  const loaded = new Set(states.flatMap(({ feed, lastSuccess }) => (lastSuccess === undefined ? [] : [feed])));
  const missing = enabled.map(feedName).find((name) => !loaded.has(name));
  return missing === undefined
    ? `no advisory data for ${isOther ? namespace : 'this release'}`
    : `feed ${missing} has not been loaded yet: run clarion update`;
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
