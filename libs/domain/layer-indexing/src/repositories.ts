import { ecosystemOf } from '@clarion/ecosystems';
import type { PlacedEvidence, PlacedFeature } from '@clarion/model';

/** Joins each package with the repository that it was installed from according to the package manager's history. */
export function withRepositories(
  features: readonly PlacedFeature[],
  evidence: readonly PlacedEvidence[],
): readonly PlacedFeature[] {
  const repositories = new Map(
    evidence.flatMap(({ kind, package: name, value }) =>
      kind === 'installed-from' && name !== undefined ? [[name, value] as const] : [],
    ),
  );
  if (repositories.size === 0) return features;
  return features.map((feature) => {
    const { type, name, version, architecture = '' } = feature;
    // Not every history records epochs.
    const text = `${name}-${version.slice(version.indexOf(':') + 1)}.${architecture}`;
    const repository = ecosystemOf(type)?.recordsRepositories === true ? repositories.get(text) : undefined;
    return repository === undefined ? feature : { ...feature, repository };
  });
}

/** Evidence about the image as a whole, each once, in an order that depends only on the facts. */
export function sortedEvidence(evidence: readonly PlacedEvidence[]): readonly PlacedEvidence[] {
  const unique = new Map(
    evidence
      .filter(({ kind }) => kind !== 'installed-from')
      .map((one) => [[one.kind, one.value, one.version ?? '', one.path, one.layer].join('\0'), one]),
  );
  return [...unique].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one);
}
