export * from './detector-contract';
export * from './distribution-registry';
export * from './feed-contract';
export * from './feed-server';
export * from './image-builder';
export * from './shared-material';
export * from './store-contract';
export * from './zip-builder';
