import { detectorServerSettings } from '@clarion/settings';

/** Settings of the namespace detector. */
export const settings = detectorServerSettings(7072);
