export { countLayers } from './count-layers';
export { feedWork } from './feed-work';
export { layerWork } from './layer-work';
export { matchOptions, matchSettings, type MatchSettings } from './match-settings';
export { startNotifying } from './start-notifying';
