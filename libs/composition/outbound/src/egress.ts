import { callerPorts, createEgress, type Egress, type EgressOptions, type EgressPolicy } from '@clarion/egress';
import { feedsFrom, feedsFromNetwork, type UpstreamFor } from '@clarion/feed-upstreams';
import { userAgent } from '@clarion/release';
import { countDenials, countRegistryAnswers, type ProcessMetrics } from '@clarion/service-runtime';

/** Exceptions from the rules for public addresses (`egressSettings`). */
export interface EgressSettings {
  readonly allowedHosts: readonly string[];
  readonly allowedNetworks: readonly string[];
  readonly insecureHosts: readonly string[];
}

/** The policy for every outbound connection of Clarion. */
export function egressPolicy({ allowedHosts, allowedNetworks, insecureHosts }: EgressSettings): EgressPolicy {
  return { allowedHosts, allowedNetworks, insecureHosts, userAgent };
}

/** Egress to registries, and to layer addresses given by callers. */
export interface LayerEgress {
  readonly egress: Egress;
  /** For addresses given by callers: only on these ports. */
  readonly layerEgress: Egress;
  readonly close: () => Promise<void>;
}

/** Opens both. Counts denials and registry responses if metrics are given. */
export function openLayerEgress(
  settings: EgressSettings & { readonly layerPorts: readonly number[] },
  metrics?: ProcessMetrics,
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

/** Makes the egress for feeds: configured hosts may be private, and use plain HTTP. */
export function egressToFeeds(
  settings: EgressSettings,
  metrics?: ProcessMetrics,
): (hosts: readonly string[]) => Egress {
  const policy = egressPolicy(settings);
  const { allowedHosts, insecureHosts } = settings;
  const options: EgressOptions = metrics === undefined ? {} : { onDenied: countDenials(metrics) };
  return (hosts) =>
    createEgress(
      { ...policy, allowedHosts: [...allowedHosts, ...hosts], insecureHosts: [...insecureHosts, ...hosts] },
      options,
    );
}

/**
 * The source of feeds: the network, or the configured mirror of all of them. Throws `not-found` for a missing folder.
 */
export function upstreamsOf(
  settings: EgressSettings & { readonly feedsFrom?: string | undefined },
  metrics?: ProcessMetrics,
): UpstreamFor {
  const egressTo = egressToFeeds(settings, metrics);
  return settings.feedsFrom === undefined
    ? feedsFromNetwork({ egressTo })
    : feedsFrom(settings.feedsFrom, { egressTo });
}
