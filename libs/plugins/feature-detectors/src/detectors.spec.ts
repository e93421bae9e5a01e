import { describeDetectorLibrary } from '@clarion/test-kit';
import { featureDetectors } from './index';

describe('feature detectors', () => {
  describeDetectorLibrary({ folder: __dirname, detectors: featureDetectors });
});
