export { localDetectorClient } from './local-detector-client';
