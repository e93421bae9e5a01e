export { joinedDetectorClient } from './joined/joined-detector-client';
export { localDetectorClient } from './local/local-detector-client';
