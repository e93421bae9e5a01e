import { detectorServerSettings, enablingSettings } from '@clarion/settings';

/** Settings of the feature detector. */
export const settings = { ...detectorServerSettings(7071), ...enablingSettings };
