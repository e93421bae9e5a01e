import type { AdvisoryScope, VersionScheme } from '@clarion/model';
import { versionScheme } from '@clarion/version-schemes';
import type { SuseProduct } from './products';

interface Fixed {
  readonly version: string;
  /** Absent: for every package of the release. */
  readonly scope: AdvisoryScope | undefined;
}

/** The versions that fix one package of one release. */
export interface FixedPackage {
  readonly namespace: string;
  readonly name: string;
  readonly fixed: readonly Fixed[];
  /** Only products other than the release ship it. */
  readonly addOn: boolean;
}

/**
 * Gathers the packages of one update. It lists them once a source package and a product, so the same fact comes many
 * times; of several versions for one place the lowest is kept, since each of them is a fix.
 */
export class Fixes {
  private readonly namespaces = new Map<string, Map<string, Map<string, Fixed>>>();
  /** Packages that are the release's own: namespace and name. */
  private readonly ofRelease = new Set<string>();
  private readonly scheme: VersionScheme | undefined = versionScheme('rpm');

  add({ namespaces, channel, origin, release }: SuseProduct, name: string, version: string): void {
    const place = `${channel ?? ''} ${origin ?? ''}`;
    for (const namespace of namespaces) {
      if (release === true) this.ofRelease.add(`${namespace} ${name}`);
      const places = this.placesOf(namespace, name);
      const known = places.get(place);
      if (known !== undefined && !this.isLower(version, known.version)) continue;
      const scope = {
        ...(channel === undefined ? {} : { channel }),
        ...(origin === undefined ? {} : { origin }),
      };
      places.set(place, { version, scope: place === ' ' ? undefined : scope });
    }
  }

  /** What applies to the whole release is not repeated for a part of it. */
  *packages(): Generator<FixedPackage> {
    for (const [namespace, names] of this.namespaces) {
      for (const [name, places] of names) {
        const everywhere = places.get(' ')?.version;
        const fixed = [...places.values()].filter(
          ({ version, scope }) => scope === undefined || version !== everywhere,
        );
        yield { namespace, name, fixed, addOn: !this.ofRelease.has(`${namespace} ${name}`) };
      }
    }
  }

  private placesOf(namespace: string, name: string): Map<string, Fixed> {
    const names = this.namespaces.get(namespace) ?? new Map<string, Map<string, Fixed>>();
    this.namespaces.set(namespace, names);
    const places = names.get(name) ?? new Map<string, Fixed>();
    names.set(name, places);
    return places;
  }

  private isLower(a: string, b: string): boolean {
    return a !== b && (this.scheme?.compare(a, b) ?? 0) < 0;
  }
}
