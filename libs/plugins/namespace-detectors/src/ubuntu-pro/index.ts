import type { Detector } from '@clarion/model';
import { parseUbuntuPro } from './parse';

/** The Ubuntu Pro services from which an image may take packages. */
export const ubuntuPro: Detector = {
  id: 'ubuntu-pro',
  kind: 'namespace',
  version: 1,
  title: 'Ubuntu Pro (enabled services: ESM, FIPS)',
  files: {
    paths: [
      'var/lib/ubuntu-advantage/status.json',
      'etc/apt/sources.list.d/ubuntu-esm-*.list',
      'etc/apt/sources.list.d/ubuntu-esm-*.sources',
      'etc/apt/sources.list.d/ubuntu-fips*.list',
      'etc/apt/sources.list.d/ubuntu-fips*.sources',
    ],
    maxBytes: 1024 * 1024,
  },
  detect: parseUbuntuPro,
};
