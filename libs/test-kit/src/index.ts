export * from './image-builder';
export * from './shared-material';
