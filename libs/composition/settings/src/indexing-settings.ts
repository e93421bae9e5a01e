import { integer, setting, size } from '@clarion/service-runtime';

/** Settings for reading layers from registries or addresses. */
export const indexingSettings = {
  concurrentLayers: setting('CLARION_CONCURRENT_LAYERS', integer({ min: 1, max: 64 }), {
    about: 'Layers that are read at the same time, and one more of a caller whom another one would keep waiting',
    default: '2',
  }),
  layerBytes: setting('CLARION_LAYER_BYTES', size(), {
    about: 'Most bytes of a layer, as it is stored',
    default: '10GiB',
  }),
  layerTarBytes: setting('CLARION_LAYER_TAR_BYTES', size(), {
    about: 'Most bytes of a layer, uncompressed',
    default: '20GiB',
  }),
};
