export { apiSettings } from './api-settings';
export { type Dialect, dialects } from './dialect-settings';
export { detectorServerSettings } from './detector-server-settings';
export { enablingSettings } from './enabling-settings';
export { indexingSettings } from './indexing-settings';
export { notifyingSettings } from './notifying-settings';
export { updatingSettings } from './updating-settings';
