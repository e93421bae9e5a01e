export { openEmbeddedStore, type EmbeddedStoreOptions } from './open-embedded-store';
