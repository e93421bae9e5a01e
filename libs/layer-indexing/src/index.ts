export { assembleImage } from './assemble-image';
export type { IndexEvent, LayerIndexed } from './events';
export { extractLayer, type ExtractLayerDeps, type LayerWork } from './extract-layer';
export { indexImage, type IndexImageDeps } from './index-image';
