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

/** Called with denied requests and with responses, for counters. */
export type EgressObserver = Pick<EgressOptions, 'onDenied' | 'onAnswer'>;

/** Counts denials and responses of registries. */
export function countEgress(metrics: ProcessMetrics): Required<EgressObserver> {
  return { onDenied: countDenials(metrics), onAnswer: countRegistryAnswers(metrics) };
}

/** Egress to registries, and to layer addresses given by callers. */
export interface LayerEgress {
  readonly egress: Egress;
  /** For addresses given by callers: only on these ports. */
  readonly layerEgress: Egress;
  readonly close: () => Promise<void>;
}

/** Opens both. */
export function openLayerEgress(
  settings: EgressSettings & { readonly layerPorts: readonly number[] },
  observer: EgressObserver,
): LayerEgress {
  const policy = egressPolicy(settings);
  const egress = createEgress(policy, observer);
  const layerEgress = createEgress({ ...policy, ports: callerPorts(settings.layerPorts) }, observer);
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
  { onDenied }: EgressObserver = {},
): (hosts: readonly string[]) => Egress {
  const policy = egressPolicy(settings);
  const { allowedHosts, insecureHosts } = settings;
  const options: EgressOptions = onDenied === undefined ? {} : { onDenied };
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
  observer?: EgressObserver,
): UpstreamFor {
  const egressTo = egressToFeeds(settings, observer);
  return settings.feedsFrom === undefined
    ? feedsFromNetwork({ egressTo })
    : feedsFrom(settings.feedsFrom, { egressTo });
}
