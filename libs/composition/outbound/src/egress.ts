import { callerPorts, createEgress, type Egress, type EgressOptions, type EgressPolicy } from '@clarion/egress';
import { feedsFrom, feedsFromNetwork, type UpstreamFor } from '@clarion/feed-upstreams';
import { userAgent } from '@clarion/release';
import { countDenials, countRegistryAnswers, type Metrics } from '@clarion/service-runtime';

/** What may be reached in spite of the rules for public addresses (`egressSettings`). */
export interface EgressSettings {
  readonly allowedHosts: readonly string[];
  readonly allowedNetworks: readonly string[];
  readonly insecureHosts: readonly string[];
}

/** The policy of every connection that Clarion makes. */
export function egressPolicy({ allowedHosts, allowedNetworks, insecureHosts }: EgressSettings): EgressPolicy {
  return { allowedHosts, allowedNetworks, insecureHosts, userAgent };
}

/** The ways out to registries, and to addresses of layers that callers give. */
export interface LayerEgress {
  readonly egress: Egress;
  /** To addresses that callers give: on these ports only. */
  readonly layerEgress: Egress;
  readonly close: () => Promise<void>;
}

/** Opens both. What they deny and what registries answer is counted where there are metrics. */
export function openLayerEgress(
  settings: EgressSettings & { readonly layerPorts: readonly number[] },
  metrics?: Metrics,
): LayerEgress {
  const policy = egressPolicy(settings);
  const options: EgressOptions =
    metrics === undefined ? {} : { onDenied: countDenials(metrics), onAnswer: countRegistryAnswers(metrics) };
  const egress = createEgress(policy, options);
  const layerEgress = createEgress({ ...policy, ports: callerPorts(settings.layerPorts) }, options);
  return {
    egress,
    layerEgress,
    close: async () => {
      await Promise.all([egress.close(), layerEgress.close()]);
    },
  };
}

/** Makes the way out to feeds: hosts that configuration names may be private, and speak plain HTTP. */
export function egressToFeeds(settings: EgressSettings, metrics?: Metrics): (hosts: readonly string[]) => Egress {
  const policy = egressPolicy(settings);
  const { allowedHosts, insecureHosts } = settings;
  const options: EgressOptions = metrics === undefined ? {} : { onDenied: countDenials(metrics) };
  return (hosts) =>
    createEgress(
      { ...policy, allowedHosts: [...allowedHosts, ...hosts], insecureHosts: [...insecureHosts, ...hosts] },
      options,
    );
}

/** Where feeds come from: the network, or the mirror of all of them that is set. Throws `not-found` for a folder that is not there. */
export function upstreamsOf(
  settings: EgressSettings & { readonly feedsFrom?: string | undefined },
  metrics?: Metrics,
): UpstreamFor {
  const egressTo = egressToFeeds(settings, metrics);
  return settings.feedsFrom === undefined
    ? feedsFromNetwork({ egressTo })
    : feedsFrom(settings.feedsFrom, { egressTo });
}
