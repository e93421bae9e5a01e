import { describeDetectorLibrary } from '@clarion/test-kit';
import { namespaceDetectors } from './index';

describe('namespace detectors', () => {
  describeDetectorLibrary({ folder: __dirname, detectors: namespaceDetectors });
});
