import { type MatchSubject, ownersAmong, possibleNames, sourceOf } from '@clarion/matching';
import { evidencePath, type PlacedFeature } from '@clarion/model';

/** The packages of an image as its detectors found them, up to a time. */
export interface SubjectPeriod {
  readonly subject: MatchSubject;
  /** RFC 3339: when it was read with other detectors; absent for what is known now. */
  readonly until?: string;
}

/** A part of the packages of a subject, with those that own any of them. */
export interface PieceOfSubject extends SubjectPeriod {
  readonly features: readonly PlacedFeature[];
  readonly owners: readonly PlacedFeature[];
}

const featuresOfPiece = 2000;

/**
 * The same parts of the packages in each period, so that the facts about all packages of a large image are never in
 * memory together. All packages of one source are in one part.
 */
export function* piecesOf(periods: readonly SubjectPeriod[]): Generator<readonly PieceOfSubject[]> {
  const most = Math.max(...periods.map(({ subject }) => subject.features.length), 0);
  const pieces = Math.max(1, Math.ceil(most / featuresOfPiece));
  for (let piece = 0; piece < pieces; piece += 1) {
    yield periods.map((period) => {
      const { features } = period.subject;
      const part = pieces === 1 ? features : features.filter((feature) => hashOf(feature) % pieces === piece);
      const inPart = new Set(part);
      const owners = [...ownersAmong(part, features).values()].flat().filter((owner) => !inPart.has(owner));
      return { ...period, features: part, owners };
    });
  }
}

function hashOf(feature: PlacedFeature): number {
  let hash = 0;
  for (const char of sourceOf(feature)?.name ?? feature.name) hash = (hash * 31 + char.charCodeAt(0)) >>> 0;
  return hash;
}

/** Identifies a package of an image, whatever is known about it. */
export function packageKey(feature: PlacedFeature): string {
  const { namespace, type, name, version, architecture = '' } = feature;
  return JSON.stringify([namespace, name, version, type, architecture, evidencePath(feature)]);
}

/** The packages of a piece, by each name under which advisories decide about them. */
export class PackagesByName {
  private readonly byName = new Map<string, Set<PlacedFeature>>();
  readonly names: readonly (readonly [string, string])[];

  constructor({ subject: { channels }, features, owners }: PieceOfSubject) {
    const names = new Map<string, readonly [string, string]>();
    const ownersByName = ownersAmong(features, [...features, ...owners]);
    for (const feature of features) {
      const deciding = [feature, ...(feature.owner === undefined ? [] : (ownersByName.get(feature.owner) ?? []))];
      for (const name of deciding.flatMap((one) => possibleNames(one, channels))) {
        const key = name.join('\0');
        names.set(key, name);
        const known = this.byName.get(key);
        if (known === undefined) this.byName.set(key, new Set([feature]));
        else known.add(feature);
      }
    }
    this.names = [...names.values()];
  }

  get({ namespace, package: name }: { readonly namespace: string; readonly package: string }): Iterable<PlacedFeature> {
    return this.byName.get(`${namespace}\0${name}`) ?? [];
  }
}
