import type { Writable } from 'node:stream';
import type { ClientWritableStream, Metadata, ServiceError } from '@grpc/grpc-js';
import type { DetectRequest } from '@clarion/model';
import type { detectorV1 } from '@clarion/proto';
import { detectFrames } from './send-files';

/** Requests the detectors of a service. Rejects with a `ServiceError`. */
export function listCall(
  stub: detectorV1.DetectorServiceClient,
  metadata: Metadata,
  deadline: number,
): Promise<detectorV1.ListDetectorsResponse> {
  return new Promise((resolve, reject) => {
    stub.listDetectors({}, metadata, { deadline }, (error, response) => {
      if (error === null) resolve(response);
      else reject(error);
    });
  });
}

interface DetectCall {
  readonly metadata: Metadata;
  readonly deadline: number;
  readonly requests: readonly DetectRequest[];
}

/** Sends files with backpressure, and resolves to the response. Rejects with a `ServiceError`. */
export async function detectCall(
  stub: detectorV1.DetectorServiceClient,
  { metadata, deadline, requests }: DetectCall,
): Promise<detectorV1.DetectResponse> {
  const state: { call?: ClientWritableStream<detectorV1.DetectRequest>; ended: boolean } = { ended: false };
  const answer = new Promise<detectorV1.DetectResponse>((resolve, reject) => {
    state.call = stub.detect(metadata, { deadline }, (error: ServiceError | null, response) => {
      state.ended = true;
      if (error === null) resolve(response);
      else reject(error);
    });
  });
  // Awaited at the end; until then a rejection only wakes up the code that waits for the stream.
  answer.catch(() => undefined);
  const { call } = state;
  if (call === undefined) return answer;
  // An error of the stream is also reported in the response.
  call.on('error', () => undefined);
  for (const frame of detectFrames(requests)) {
    if (state.ended) break;
    if (!call.write(frame)) await drained(call, answer);
  }
  if (!state.ended) call.end();
  return answer;
}

/** Resolves when the stream accepts more data, or the call is over. */
async function drained(call: Writable, answer: Promise<unknown>): Promise<void> {
  let onDrain: () => void = () => undefined;
  const drain = new Promise<void>((resolve) => {
    onDrain = resolve;
    call.once('drain', onDrain);
  });
  await Promise.race([drain, answer.catch(() => undefined)]);
  call.removeListener('drain', onDrain);
}
