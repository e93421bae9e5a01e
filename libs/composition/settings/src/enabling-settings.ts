import { flag, list, setting } from '@clarion/service-runtime';

/** Which detectors of this build are used, where not the ones that are on by default. */
export const enablingSettings = {
  enableDetectors: setting('CLARION_ENABLE_DETECTORS', list(), {
    about: 'Package detectors to use that are off by default, separated by commas; `clarion detectors` lists them',
    default: '',
  }),
  disableDetectors: setting('CLARION_DISABLE_DETECTORS', list(), {
    about: 'Detectors of this build not to use, separated by commas',
    default: '',
  }),
  lockFiles: setting('CLARION_LOCK_FILES', flag(), {
    about: 'Whether to read lock files and manifests in images: what is to be installed, beside what is',
    default: 'false',
  }),
};
