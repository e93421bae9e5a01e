import { connectivityState, type ServiceError } from '@grpc/grpc-js';
import type { TlsObserver } from '@clarion/connections';
import { ClarionError, type DetectorClient, type DetectorInfo, type DetectRequest, type Log } from '@clarion/model';
import type { detectorV1 } from '@clarion/proto';
import { callMetadata, type ClientTls } from './client-credentials';
import { decodeDetected } from './decode-facts';
import { openDetectorChannel } from './detector-channel';
import { decodeDetectorInfo } from './detector-info';
import { isLost, toClarionError } from './call-errors';
import { detectCall, listCall } from './calls';

export interface GrpcDetectorClientOptions {
  /** A gRPC target: `feature-detector:7070`, `dns:///detectors.example:443`, `unix:/run/detector.sock`. */
  readonly address: string;
  /** Absent: plain text. */
  readonly tls?: ClientTls;
  /** Called when certificates were read, or could not be used. */
  readonly onTls?: TlsObserver;
  /** Bearer token of the service. */
  readonly token?: string;
  /** For one call, retries included; default five minutes. */
  readonly deadlineMillis?: number;
  /** Calls made at most while the service cannot be reached; default 4. */
  readonly attempts?: number;
  readonly log?: Log;
}

/** Detectors of another process. */
export interface GrpcDetectorClient extends DetectorClient {
  readonly address: string;
  /** Whether the service answers now. */
  ready(): Promise<boolean>;
  /** Cancels running calls. */
  close(): void;
}

type Results = Awaited<ReturnType<DetectorClient['detect']>>;

/** The list is requested again after this time even on the same connection. */
const listMillis = 60_000;
const firstPauseMillis = 100;
const readyMillis = 2000;

/**
 * Runs the detectors of another process (`clarion.detector.v1`). A service that is unreachable, crashes or exceeds the
 * deadline is `upstream-unavailable`; repeated work returns the same facts. A service that restarted with other
 * detectors or versions than `list` reported is `upstream-unavailable` too: facts must not be stored under the wrong
 * version.
 */
export function grpcDetectorClient(options: GrpcDetectorClientOptions): GrpcDetectorClient {
  const { address, deadlineMillis = 300_000, attempts = 4, log } = options;
  const metadata = callMetadata(options.token);
  const channel = openDetectorChannel(options);
  let closed = false;
  let listed: { readonly infos: readonly DetectorInfo[]; readonly at: number } | undefined;

  const retried = async <T>(call: (deadline: number) => Promise<T>): Promise<T> => {
    const deadline = Date.now() + deadlineMillis;
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await call(deadline);
      } catch (error) {
        if (error instanceof ClarionError) throw error;
        listed = undefined;
        const pause = firstPauseMillis * 2 ** (attempt - 1) * (1 + Math.random());
        const over = closed || attempt >= attempts || Date.now() + pause >= deadline;
        if (over || !isLost(error as ServiceError)) {
          throw toClarionError(error as ServiceError, address);
        }
        log?.warn('A detector service cannot be reached; trying again', { address, attempt });
        await new Promise((resolve) => setTimeout(resolve, pause));
      }
    }
  };

  const list = async (): Promise<readonly DetectorInfo[]> => {
    const connected = channel.stub().getChannel().getConnectivityState(false) === connectivityState.READY;
    if (listed !== undefined && connected && Date.now() - listed.at < listMillis) return listed.infos;
    const { detectors } = await retried((deadline) => channel.run((stub) => listCall(stub, metadata, deadline)));
    const infos = detectors.map(decodeDetectorInfo);
    listed = { infos, at: Date.now() };
    return infos;
  };

  return {
    address,
    list,
    async detect(requests) {
      if (requests.length === 0) return [];
      const versions = new Map((await list()).map(({ id, version }) => [id, version]));
      const { results } = await retried((deadline) =>
        channel.run((stub) => detectCall(stub, { metadata, deadline, requests })),
      );
      try {
        return checked(results, requests, { versions, address });
      } catch (error) {
        listed = undefined;
        throw error;
      }
    },
    async ready() {
      try {
        await channel.run((stub) => listCall(stub, metadata, Date.now() + readyMillis));
        return true;
      } catch {
        return false;
      }
    },
    close() {
      closed = true;
      channel.close();
    },
  };
}

/** Rejects a response that does not match these requests. */
function checked(
  results: readonly detectorV1.DetectorResult[],
  requests: readonly DetectRequest[],
  { versions, address }: { readonly versions: ReadonlyMap<string, number>; readonly address: string },
): Results {
  return requests.map(({ detector, files }, index) => {
    const result = results[index];
    if (results.length !== requests.length || result?.detector !== detector) {
      throw new ClarionError('corrupt-data', `The detector service ${address} did not answer what it was asked`);
    }
    const expected = versions.get(detector) ?? 0;
    if (result.version !== expected) {
      const message = `The detector service ${address} has version ${result.version} of ${detector}, not ${expected} any more`;
      throw new ClarionError('upstream-unavailable', message);
    }
    return { ...decodeDetected(result, new Set(files.map(({ path }) => path))), detector };
  });
}
