export * from './facts';
export * from './groups';
export * from './reports';
