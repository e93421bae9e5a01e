import { describeDetectorLibrary } from '@clarion/test-kit';
import { giveFile } from '../testing/give-file';
import { featureDetectors } from './index';

describe('feature detectors', () => {
  describeDetectorLibrary({ folder: __dirname, detectors: featureDetectors, give: giveFile });
});
