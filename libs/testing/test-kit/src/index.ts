export * from './bundle-library';
export * from './bus-contract';
export * from './bus-under-test';
export * from './bus-runner';
export * from './certificates';
export * from './count-steps';
export * from './deliberate-delay';
export * from './detector-client-contract';
export * from './detector-contract';
export * from './distribution-registry';
export * from './documented-tool';
export * from './executable-builder';
export * from './feed-contract';
export * from './feed-server';
export * from './count-records';
export * from './image-builder';
export * from './installation';
export * from './mongo-dump';
export * from './mongo-server';
export * from './nats-cluster';
export {
  canStartNatsServer,
  freePort,
  natsServerBinary,
  startNatsServer,
  type NatsServer,
  type NatsServerOptions,
} from './nats-server';
export * from './otlp-collector';
export * from './python-tool';
export * from './service-process';
export * from './shared-material';
export * from './step-growth';
export { storeContent, type StoreContent } from './store-content';
export * from './store-contract';
export * from './store-under-test';
export * from './test-budget';
export * from './until';
export * from './zip-builder';
export * from './zipped-input';
export { childrenOf, goneProcess, sendSignal } from './processes';
