export { assembleImage } from './assemble-image';
export { allDetectors } from './ecosystem-signs';
export { ecosystemIds } from './ecosystem-table';
export type { IndexEvent } from './events';
export { extractLayer } from './extract-layer';
export type { ExtractLayerDeps } from './layer-work';
export type { LayerWork } from './layer-work';
export { indexImage, indexOpened, type IndexImageDeps, type ReadImage } from './index-image';
export { allLayers, completeImage, type CompleteImageDeps, detectorsKey } from './complete-image';
export type { SubmissionKey } from './submission-key';
export { compositionOf } from './composition';
export { failImage, keepDeadLetter } from './fail-image';
export { knownDiffIds } from './known-layer';
export { withoutCredentials } from './without-credentials';
export { rememberedLayers } from './remembered-layers';
export { RememberedViews } from './remembered-views';
export { indexLayer, type IndexLayerDeps, type SubmittedRecord } from './index-layer';
export { endAttempt, maxAttempts, type AttemptPart, type PartOfImage, recordCrash } from './attempts';
export {
  doImageJob,
  type ImageJob,
  type ImageJobDeps,
  imageJobMillis,
  type ImageReply,
  type LayerJob,
} from './isolated/image-job';
export type { LayerMeasure } from './isolated/layer-measure';
export { isolatedImages, type IsolatedImages } from './isolated/isolated-images';
export { isolatedLayers } from './isolated/isolated-layers';
