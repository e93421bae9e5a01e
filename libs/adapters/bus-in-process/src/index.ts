export { createInProcessBus, openInProcessBus, type InProcessBusOptions } from './create-in-process-bus';
