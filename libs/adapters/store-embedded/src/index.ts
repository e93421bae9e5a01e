export { openEmbeddedStore, type EmbeddedStore, type EmbeddedStoreOptions } from './open-embedded-store';
