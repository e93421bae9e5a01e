export { adoptEmbeddedStore, copyEmbeddedStore, type StoreCopyOptions } from './copy-store';
export { openEmbeddedStore, type EmbeddedStore, type EmbeddedStoreOptions } from './open-embedded-store';
