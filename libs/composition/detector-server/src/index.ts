export { serveDetectors } from './serve-detectors';
