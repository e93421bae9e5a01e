import type { ProductRules } from '../distribution';

/** Products of Red Hat and of its rebuilds. The channels freeze an image on a minor release. */
export const redHatBase: Pick<ProductRules, 'vendor' | 'base' | 'channels'> = {
  vendor: 'redhat',
  base: 'enterprise_linux',
  channels: ['enterprise_linux_eus', 'rhel_aus', 'rhel_e4s', 'rhel_els', 'rhel_eus', 'rhel_eus_long_life', 'rhel_tus'],
};
