import { hash } from 'node:crypto';
import type { EffectiveImage } from '@clarion/model';
import { BoundedCache } from './bounded-cache';
import type { UseCaseContext } from './context';
import { detectorsOf, effectiveImage } from './indexed-image';
import type { SubmittedImage } from './use-cases';

/** An image after its top layer. */
export interface ComposedImage {
  readonly image: EffectiveImage;
  /** Names its packages with all that decides their findings: equal for images with equal ones. */
  readonly packages: string;
}

/** Images whose reports were made lately: the facts of their layers do not change. */
export interface ComposedImages {
  /** The image if it is kept. */
  known(image: SubmittedImage, context: Reads): Promise<ComposedImage | undefined>;
  /** The image, composed now. */
  compose(image: SubmittedImage, context: Reads): Promise<ComposedImage>;
}

type Reads = Pick<UseCaseContext, 'store' | 'detectors'>;
/** What images of one composition share, and each of them has. */
type Packages = Pick<EffectiveImage, 'namespaces' | 'channels' | 'evidence' | 'features'>;
type Own = Omit<EffectiveImage, keyof Packages>;

/** Keeps images with about so many packages, each package of equal images once. */
export function createComposedImages(mostPackages: number): ComposedImages {
  const packages = new BoundedCache<Packages>(mostPackages * characters);
  const images = new BoundedCache<{ readonly own: Own; readonly packages: string }>(mostPackages * characters);
  return {
    async known(submitted, context) {
      const kept = images.get(await keyOf(submitted, context));
      const shared = kept && packages.get(kept.packages);
      return kept && shared && { image: { ...kept.own, ...shared }, packages: kept.packages };
    },
    async compose(submitted, context) {
      const key = await keyOf(submitted, context);
      const { namespaces, channels, evidence, features, ...own } = await effectiveImage(submitted, context);
      const composed = { namespaces, channels, evidence, features };
      const name = hash('sha256', JSON.stringify(composed), 'base64url');
      const shared = packages.get(name) ?? composed;
      packages.set(name, shared, (features.length + evidence.length + 1) * characters);
      images.set(key, { own, packages: name }, (own.layers.length + own.problems.length + 1) * characters);
      return { image: { ...own, ...shared }, packages: name };
    },
  };
}

/** About what a package takes, in the unit of keys. */
const characters = 500;

async function keyOf(submitted: SubmittedImage, context: Reads): Promise<string> {
  const { image, layers, submission } = submitted;
  const detectors = (await detectorsOf(submitted, context)).map(({ id, version }) => [id, version]);
  return hash('sha256', JSON.stringify([image, layers, submission.absent, detectors]), 'base64url');
}
