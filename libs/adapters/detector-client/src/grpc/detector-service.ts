import { setImmediate as turn } from 'node:timers/promises';
import { type ServerErrorResponse, type ServerReadableStream, status } from '@grpc/grpc-js';
import { ClarionError, type Detector, type DetectRequest, type Log } from '@clarion/model';
import { type detectorV1, richStatus, statusOfCode } from '@clarion/proto';
import { localDetectorClient } from '../local/local-detector-client';
import { encodeDetectorInfo } from './detector-info';
import { encodeDetected } from './encode-facts';
import { defaultStreamLimits, type ReceivedFiles, receiveFiles, type StreamLimits } from './receive-files';
import { createSlots } from './slots';

export interface DetectorServiceOptions {
  readonly detectors: readonly Detector[];
  /** Calls whose files are in memory at the same time. Default: 4. Others are not read before their turn. */
  readonly concurrency?: number;
  /** Maximum number of calls in the queue. Default: 100. Further calls are rejected and can be retried. */
  readonly waiting?: number;
  readonly limits?: Partial<StreamLimits>;
  readonly log?: Log;
  /** Called after each detector run. */
  readonly onDetected?: (detector: string, seconds: number) => void;
}

type DetectStream = ServerReadableStream<detectorV1.DetectRequest, detectorV1.DetectResponse>;

/** The handlers of `clarion.detector.v1.DetectorService` for these detectors, ready for `Server.addService`. */
export function detectorService(options: DetectorServiceOptions): detectorV1.DetectorServiceServer {
  const slots = createSlots(options.concurrency ?? 4, options.waiting ?? 100);
  const detectors = options.detectors.map(encodeDetectorInfo);
  const limits = { ...defaultStreamLimits, ...options.limits };
  const answer = async (stream: DetectStream): Promise<detectorV1.DetectResponse> => {
    if (!(await slots.acquire())) {
      throw new ClarionError('upstream-unavailable', 'More layers wait for this detector service than it accepts');
    }
    try {
      return await detect(await receiveFiles(stream, limits), stream, options);
    } finally {
      slots.release();
    }
  };
  return {
    listDetectors(_, callback) {
      callback(null, { detectors });
    },
    detect(stream, callback) {
      answer(stream).then(
        (response) => {
          callback(null, response);
        },
        (error: unknown) => {
          // A client that disconnected receives no answer, and its broken stream is not an error of this service.
          callback(stream.cancelled ? { code: status.CANCELLED } : errorStatus(error, options.log));
        },
      );
    },
  };
}

async function detect(
  { requests }: ReceivedFiles,
  stream: DetectStream,
  { detectors, onDetected }: DetectorServiceOptions,
): Promise<detectorV1.DetectResponse> {
  const client = localDetectorClient(detectors);
  const versions = new Map(detectors.map(({ id, version }) => [id, version]));
  const results: detectorV1.DetectorResult[] = [];
  for (const request of requests) {
    // Detectors compute without a break: between them, probes are answered and a caller that left is noticed.
    await turn();
    if (stream.cancelled) throw new ClarionError('upstream-unavailable', 'The caller went away');
    const result = await timed(request, client, onDetected);
    const { detector } = request;
    results.push({ detector, version: versions.get(detector) ?? 0, ...encodeDetected(result) });
  }
  return { results };
}

async function timed(
  request: DetectRequest,
  client: ReturnType<typeof localDetectorClient>,
  onDetected: DetectorServiceOptions['onDetected'],
): Promise<Awaited<ReturnType<typeof client.detect>>[number]> {
  const started = performance.now();
  const [result] = await client.detect([request]);
  if (result === undefined) throw new Error(`The detector ${request.detector} gave no result`);
  onDetected?.(request.detector, (performance.now() - started) / 1000);
  return result;
}

function errorStatus(error: unknown, log: Log | undefined): ServerErrorResponse {
  if (error instanceof ClarionError) {
    const { code, message, remedy } = error;
    return Object.assign(new Error(message), richStatus({ status: statusOfCode[code], reason: code, message, remedy }));
  }
  log?.error('A Detect call failed', { error });
  const message = 'The detector service failed';
  return Object.assign(new Error(message), richStatus({ status: status.INTERNAL, reason: 'internal', message }));
}
