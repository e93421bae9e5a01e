import { allDetectors, detectorsKey } from '@clarion/layer-indexing';
import type { Digest } from '@clarion/model';
import type { UseCaseContext } from './context';
import { requireImage } from './image-view';
import type { ImageUseCases } from './use-cases';

/** `ImageUseCases.detectors`. */
export function detectorsOfImages({
  store,
  detectors,
}: Pick<UseCaseContext, 'store' | 'detectors'>): ImageUseCases['detectors'] {
  const of = async (digest?: Digest): Promise<string | undefined> => {
    if (digest === undefined) return detectorsKey(await allDetectors(detectors));
    const { submission } = await requireImage(digest, store);
    return submission.state === 'indexed' ? submission.detectors : undefined;
  };
  return of as ImageUseCases['detectors'];
}
