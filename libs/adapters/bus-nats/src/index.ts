export type { NatsConnectionOptions } from './nats-connection';
export { openNatsBus, type NatsBusBehaviour, type NatsBusOptions } from './open-nats-bus';
