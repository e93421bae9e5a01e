export { countLayers, countMeasures } from './count-layers';
export { feedWork } from './feed-work';
export { type LayerBounds, layerLimits, layerWork } from './layer-work';
export { matchOptions, matchSettings, type MatchSettings } from './match-settings';
export { measureEgress } from './measure-egress';
export { measureLayers } from './measure-layers';
export { optimizeLate } from './optimize-late';
export { startNotifying } from './start-notifying';
