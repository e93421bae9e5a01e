import { createEgress, type Egress, type EgressPolicy } from '@clarion/egress';

/** Makes what may be reached, with some more hosts, which may speak plain HTTP. */
export function egressFor(policy: EgressPolicy): (hosts: readonly string[]) => Egress {
  const { allowedHosts = [], insecureHosts = [] } = policy;
  return (hosts) =>
    createEgress({
      ...policy,
      allowedHosts: [...allowedHosts, ...hosts],
      insecureHosts: [...insecureHosts, ...hosts],
    });
}
