import type { Detector } from '@clarion/model';
import { factsOfFiles } from '../facts-of-files';
import { parseProduct } from './parse';

/** The SUSE products installed beside the base system. */
export const suseProducts: Detector = {
  id: 'suse-products',
  kind: 'namespace',
  version: 1,
  title: 'SUSE products (modules, LTSS, Manager, Storage)',
  files: { paths: ['etc/products.d/*.prod'], maxBytes: 1024 * 1024 },
  detect(files, budget) {
    return { evidence: factsOfFiles(files, budget, parseProduct) };
  },
};
