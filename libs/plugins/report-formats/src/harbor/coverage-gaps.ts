import type { Report } from '@clarion/model';

/** Of many packages for one reason, a few are enough. */
const mostReasons = 20;

/**
 * Why a report without vulnerabilities does not mean that there are none: nothing was found to check, no feed has data
 * about a system, or its vendor supports it no longer. Each is a sentence without a full stop.
 */
export function unsupportedSystems({ coverage, packages }: Report): readonly string[] {
  const latest = latestData(coverage);
  return bounded([
    ...(packages.length === 0 ? ['No package was found in the image'] : []),
    ...coverage.namespaces.flatMap(({ id, feeds, endOfLife }) => [
      ...(feeds.length === 0 ? [`No feed has data about ${id}`] : []),
      ...(endOfLife !== null && latest !== undefined && endOfLife < latest
        ? [`Support of ${id} ended ${endOfLife}`]
        : []),
    ]),
    ...coverage.uncovered.flatMap(({ namespace, reason }) => (namespace === null ? [reason] : [])),
  ]);
}

/** What else the report cannot speak about: parts of feeds, ecosystems that are not read, single packages. */
export function otherGaps({ coverage }: Report): readonly string[] {
  return bounded([
    ...coverage.namespaces.flatMap(({ partial = [] }) => partial.map(({ reason }) => reason)),
    ...coverage.uncovered.flatMap(({ namespace, reason }) => (namespace === null ? [] : [reason])),
    ...coverage.ecosystems.flatMap(({ accepted, reason }) => (accepted ? [] : [reason])),
  ]);
}

function bounded(reasons: readonly string[]): readonly string[] {
  return [...new Set(reasons)].slice(0, mostReasons);
}

/** The newest data in the report: formats have no clock. */
export function latestData({ feeds }: Pick<Report['coverage'], 'feeds'>): string | undefined {
  return feeds
    .flatMap(({ updatedAt }) => updatedAt ?? [])
    .sort()
    .at(-1);
}
