import { detectorServerSettings } from '@clarion/settings';

/** Settings of the feature detector. */
export const settings = detectorServerSettings(7071);
