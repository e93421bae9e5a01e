import { type FollowedTls, followTls, type TlsObserver } from '@clarion/connections';
import { detectorV1 } from '@clarion/proto';
import type { ChannelOptions } from '@grpc/grpc-js';
import { channelCredentials, type ClientTls } from './client-credentials';

const channelOptions: ChannelOptions = {
  // Calls are repeated by the client, from the files in memory: the channel must not keep copies of streams for that.
  'grpc.enable_retries': 0,
  'grpc.service_config': JSON.stringify({ loadBalancingConfig: [{ round_robin: {} }] }),
  'grpc.max_receive_message_length': 256 * 1024 * 1024,
  'grpc.initial_reconnect_backoff_ms': 100,
  'grpc.max_reconnect_backoff_ms': 5000,
};

type Stub = detectorV1.DetectorServiceClient;

export interface DetectorChannelOptions {
  /** A gRPC target. */
  readonly address: string;
  /** Absent: plain text. */
  readonly tls?: ClientTls;
  readonly onTls?: TlsObserver;
}

/** A channel to a detector service that follows its certificates. */
export interface DetectorChannel {
  /** Runs a call; it ends on the connection on which it began. */
  run<T>(call: (stub: Stub) => Promise<T>): Promise<T>;
  /** The channel of calls that begin now. */
  stub(): Stub;
  /** Cancels running calls. */
  close(): void;
}

interface OpenChannel {
  readonly stub: Stub;
  readonly context: FollowedTls['context'] | undefined;
  calls: number;
}

/** Opens a channel; after a change of certificates new calls use another one, and the old one is closed behind the last. */
export function openDetectorChannel({ address, tls, onTls }: DetectorChannelOptions): DetectorChannel {
  const followed = tls && followTls(tls, onTls);
  const options = {
    ...channelOptions,
    ...(tls?.serverName !== undefined && { 'grpc.ssl_target_name_override': tls.serverName }),
  };
  const open = (): OpenChannel => ({
    stub: new detectorV1.DetectorServiceClient(address, channelCredentials(followed), options),
    context: followed?.context,
    calls: 0,
  });
  const replaced = new Set<OpenChannel>();
  let current = open();
  const closeIdle = (channel: OpenChannel): void => {
    if (channel.calls > 0 || !replaced.delete(channel)) return;
    channel.stub.close();
  };
  const now = (): OpenChannel => {
    if (current.context === followed?.context) return current;
    const before = current;
    replaced.add(before);
    current = open();
    closeIdle(before);
    return current;
  };
  return {
    stub: () => now().stub,
    async run(call) {
      const channel = now();
      channel.calls += 1;
      try {
        return await call(channel.stub);
      } finally {
        channel.calls -= 1;
        closeIdle(channel);
      }
    },
    close() {
      followed?.close();
      for (const { stub } of [current, ...replaced]) stub.close();
      replaced.clear();
    },
  };
}
