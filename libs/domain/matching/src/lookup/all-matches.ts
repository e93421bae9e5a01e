import { createTurns } from '@clarion/deadlines';
import { thirdPartyOf } from '@clarion/distributions';
import { type EffectiveImage, namespaceFamily, type PlacedFeature, type PlacedNamespace } from '@clarion/model';
import { type GroupIndex, lookUp, lookupNames, type MatchedGroup, matchedGroups } from './look-up';
import type { MatchFacts } from '../match-options';

/** A feature with the advisories about it and why these are less than certain. */
export interface PackageMatch {
  readonly feature: PlacedFeature;
  readonly namespace: string;
  readonly groups: readonly MatchedGroup[];
  readonly notes: readonly string[];
}

/** All packages of the image's distribution with the advisories about their names; packages without any stay out. */
export async function allMatches(image: EffectiveImage, facts: MatchFacts): Promise<readonly PackageMatch[]> {
  const placed = image.features.flatMap((feature) =>
    feature.namespace === null ? [] : ([[feature.namespace, feature]] as const),
  );
  const index = await lookUp(facts, placed);
  const turns = createTurns();
  const matches: PackageMatch[] = [];
  for (const [namespace, feature] of placed) {
    if (turns.isOver()) await turns.next();
    matches.push(matchOf(index, namespace, feature));
  }
  // Advisories for any release (rejections) do not make a package one of this release.
  const isKnown = ({ groups }: PackageMatch): boolean => groups.some(({ secondary }) => !secondary);
  const unknown = matches.filter((match) => !isKnown(match));
  const fromChannels = await channelMatches(unknown, image, facts);
  const answered = new Set(fromChannels.map(({ feature }) => feature));
  const rest = matches.filter((match) => match.groups.length > 0 && !answered.has(match.feature));
  return [...rest, ...fromChannels];
}

function matchOf(index: GroupIndex, namespace: string, feature: PlacedFeature): PackageMatch {
  const groups = matchedGroups(index, namespace, feature);
  const publisher = groups.length === 0 ? undefined : thirdPartyOf(feature);
  const notes =
    publisher === undefined ? [] : [`reduced certainty: package is from ${publisher}, not the distribution`];
  return { feature, namespace, groups, notes };
}

/** Packages that the release's own data does not know may come from a channel enabled beside it (Alpine edge). */
async function channelMatches(
  silent: readonly PackageMatch[],
  { channels }: EffectiveImage,
  facts: MatchFacts,
): Promise<readonly PackageMatch[]> {
  const pairs = silent.flatMap((match) =>
    channels.flatMap((channel) => (isChannelOf(channel, match) ? [{ match, channel: channel.id }] : [])),
  );
  const index = await lookUp(
    facts,
    pairs.map(({ match, channel }) => [channel, match.feature]),
  );
  return pairs
    .map(({ match, channel }) => ({
      ...match,
      groups: matchedGroups(index, channel, match.feature),
      notes: [`reduced certainty: from ${channel}, enabled beside ${match.namespace}`],
    }))
    .filter(({ groups }) => groups.length > 0);
}

/** All names under which advisories about a feature of an image may be looked up. */
export function possibleNames(
  feature: PlacedFeature,
  channels: readonly PlacedNamespace[],
): ReturnType<typeof lookupNames> {
  const { namespace } = feature;
  if (namespace === null) return [];
  const beside = channels.filter((channel) => isChannelOf(channel, { feature, namespace }));
  return [namespace, ...beside.map(({ id }) => id)].flatMap((id) => lookupNames(id, feature));
}

function isChannelOf(
  channel: PlacedNamespace,
  { feature, namespace }: Pick<PackageMatch, 'feature' | 'namespace'>,
): boolean {
  return channel.packageType === feature.type && namespaceFamily(channel.id) === namespaceFamily(namespace);
}
