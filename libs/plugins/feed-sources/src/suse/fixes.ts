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
export class ProductFixes {
  private readonly namespaces = new Map<string, Map<string, Map<string, Fixed>>>();
  /** Packages that are the release's own: namespace and name. */
  private readonly ofRelease = new Set<string>();
  private readonly scheme: VersionScheme | undefined = versionScheme('rpm');

  add({ namespaces, channel, installedProduct, release }: SuseProduct, name: string, version: string): void {
    const scopeKey = `${channel ?? ''} ${installedProduct ?? ''}`;
    for (const namespace of namespaces) {
      if (release === true) this.ofRelease.add(`${namespace} ${name}`);
      const scopes = this.scopesOf(namespace, name);
      const known = scopes.get(scopeKey);
      if (known !== undefined && !this.isLower(version, known.version)) continue;
      const scope = {
        ...(channel === undefined ? {} : { channel }),
        ...(installedProduct === undefined ? {} : { origin: installedProduct }),
      };
      scopes.set(scopeKey, { version, scope: scopeKey === ' ' ? undefined : scope });
    }
  }

  /** What applies to the whole release is not repeated for a part of it. */
  *packages(): Generator<FixedPackage> {
    for (const [namespace, names] of this.namespaces) {
      for (const [name, scopes] of names) {
        const everywhere = scopes.get(' ')?.version;
        const fixed = [...scopes.values()].filter(
          ({ version, scope }) => scope === undefined || version !== everywhere,
        );
        yield { namespace, name, fixed, addOn: !this.ofRelease.has(`${namespace} ${name}`) };
      }
    }
  }

  private scopesOf(namespace: string, name: string): Map<string, Fixed> {
    const names = this.namespaces.get(namespace) ?? new Map<string, Map<string, Fixed>>();
    this.namespaces.set(namespace, names);
    const scopes = names.get(name) ?? new Map<string, Fixed>();
    names.set(name, scopes);
    return scopes;
  }

  private isLower(a: string, b: string): boolean {
    return a !== b && (this.scheme?.compare(a, b) ?? 0) < 0;
  }
}
