import type { CallerLimits } from '@clarion/connections';
import type { FeedSettings } from '@clarion/feed-sources';
import type { Retention } from '@clarion/notifying';

/** Options of `clarion serve`, parsed. */
export interface ServeSettings extends FeedSettings {
  readonly db: string;
  readonly host: string;
  /** 0: the system chooses. */
  readonly port: number;
  readonly introspectionPort: number;
  /** Clarion's address as receivers of webhooks reach it. */
  readonly publicUrl?: string;
  readonly auth: 'on' | 'off';
  /** Lines `name:role:sha256`. */
  readonly tokens?: string;
  /** Addresses or networks whose `X-Forwarded-For` or `Forwarded` is believed. */
  readonly trustedProxies: readonly string[];
  readonly sealingKeys?: readonly string[];
  readonly allowHost: readonly string[];
  readonly allowNetwork: readonly string[];
  readonly insecureHost: readonly string[];
  /** Ports beside 80 and 443 that callers may name. */
  readonly layerPorts: readonly number[];
  readonly webhookPorts: readonly number[];
  /** Addresses of detector services beside the detectors of this build, comma separated. */
  readonly detectors?: string;
  readonly feedsDir?: string;
  /** Whether feeds are updated when they are due. */
  readonly updates: boolean;
  /** Layers that are read at the same time. */
  readonly concurrency: number;
  /** How long reading one layer, or composing an image, may take; a process that takes longer is killed. */
  readonly layerMillis: number;
  /** Bytes of memory that a process which reads layers may have for itself. */
  readonly memory: number;
  /** The file of this program: processes that index are started from it. */
  readonly program: string;
  readonly limits: CallerLimits;
  /** REST requests of one caller that go on for ever; four times as many at once. */
  readonly requestsPerSecond: number;
  /** Wrong tokens of one address, or attempts with one wrong token, before an answer is refused for a while. */
  readonly failedAttempts: number;
  /** Minutes. */
  readonly maxFeedAge: number;
  /** EPSS score whose crossing is told. */
  readonly notifyEpss?: number;
  /** Whether images whose tags have all been moved are told of, too. */
  readonly notifyUnreferenced: boolean;
  readonly notifyStateChanges: boolean;
  readonly retention: Retention;
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error' | 'silent';
}
