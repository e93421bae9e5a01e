export { classifyAddress, parseAddress, parseNetwork, type AddressClass, type IpNetwork } from './addresses';
export type { ResolveName } from './dispatchers';
export { createEgress, defaultEgressLimits, type Egress, type EgressLimits, type EgressOptions } from './egress';
export type { EgressResponse } from './request';
export type { EgressRequest } from './request';
export {
  callerPorts,
  matchesHost,
  neutralDenial,
  neutralRemedy,
  type DenialReason,
  type EgressPolicy,
  type ProxySettings,
} from './policy';
export { proxyFromEnvironment } from './proxy';
