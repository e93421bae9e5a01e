import { integer, setting } from '@clarion/service-runtime';
import { layerSizeSettings } from './layer-size-settings';

/** Settings for reading layers from registries or addresses. */
export const indexingSettings = {
  ...layerSizeSettings,
  concurrentLayers: setting('CLARION_CONCURRENT_LAYERS', integer({ min: 1, max: 64 }), {
    about: 'Layers that are read at the same time, and one more of a caller whom another one would keep waiting',
    default: '2',
  }),
};
