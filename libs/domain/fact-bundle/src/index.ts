export { bundleSigner, bundleVerifier } from './bundle-signature';
export { exportFacts } from './export-facts';
export { type BundleContent, importFacts, type ImportOptions } from './import-facts';
