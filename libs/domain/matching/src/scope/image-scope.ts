import type { EffectiveImage, PlacedFeature } from '@clarion/model';
import { productFinder, type ProductFinder } from './red-hat/products';
import type { MatchFacts, MatchOptions } from '../match-options';

/** What an image as a whole shows about which advisories apply to its packages. */
export interface ImageScope {
  readonly productsOf: ProductFinder;
  /** Enabled support services (`esm-infra`). */
  readonly services: ReadonlySet<string>;
  /** Names of installed products, lower case (`sles-ltss`). */
  readonly products: ReadonlySet<string>;
  /** Ids of enabled repositories (`amzn2extra-nginx1`). */
  readonly repositories: ReadonlySet<string>;
  /** Whether the package manager's history records for any package where it came from. */
  readonly repositoriesKnown: boolean;
  readonly supportChannels: NonNullable<MatchOptions['supportChannels']>;
}

/** A scope without any evidence. */
export const nothingKnown: ImageScope = {
  productsOf: () => undefined,
  services: new Set(),
  products: new Set(),
  repositories: new Set(),
  repositoriesKnown: false,
  supportChannels: 'auto',
};

interface ScopeOptions extends Pick<MatchOptions, 'supportChannels'> {
  /** Where these are not all packages of the image. */
  readonly repositoriesKnown?: boolean;
}

export async function imageScope(
  image: EffectiveImage,
  facts: MatchFacts,
  { supportChannels = 'auto', repositoriesKnown = knowsRepositories(image) }: ScopeOptions,
): Promise<ImageScope> {
  const valuesOf = (kind: string): readonly string[] =>
    image.evidence.flatMap((one) => (one.kind === kind ? [one.value] : []));
  return {
    productsOf: await productFinder(image, facts),
    services: new Set(valuesOf('service')),
    products: new Set(valuesOf('product').map((name) => name.toLowerCase())),
    repositories: new Set(valuesOf('repository')),
    repositoriesKnown,
    supportChannels,
  };
}

/** Whether the package manager's history records for any of the packages where it came from. */
export function knowsRepositories({ features }: Pick<EffectiveImage, 'features'>): boolean {
  return features.some(({ repository }: PlacedFeature) => repository !== undefined);
}
