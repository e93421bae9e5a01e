import { setting, size } from '@clarion/service-runtime';

/** Limits for the size of a layer, whether it is uploaded or comes from a registry or an address. */
export const layerSizeSettings = {
  layerBytes: setting('CLARION_LAYER_BYTES', size(), {
    about: 'Most bytes of a layer, as it is stored',
    default: '10GiB',
  }),
  layerTarBytes: setting('CLARION_LAYER_TAR_BYTES', size(), {
    about: 'Most bytes of a layer, uncompressed',
    default: '20GiB',
  }),
};
