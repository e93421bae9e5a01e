export { assembleImage } from './assemble-image';
export type { IndexEvent, LayerIndexed } from './events';
export { extractLayer, type ExtractLayerDeps, type LayerWork } from './extract-layer';
export { indexImage, indexOpened, type IndexImageDeps, type ReadImage } from './index-image';
export { allLayers, completeImage, type CompleteImageDeps, detectorsKey, type SubmittedImage } from './complete-image';
export { compositionOf } from './composition';
export { failImage, keepDeadLetter } from './fail-image';
export { indexLayer, type IndexLayerDeps, type SubmittedRecord } from './index-layer';
export { endAttempt, maxAttempts, type Part, type PartOfImage, recordCrash } from './attempts';
