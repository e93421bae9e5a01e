import { descriptorSet } from './generated/descriptor-set';

/** The detector protocol: `proto/clarion/detector/v1`. */
export * as detectorV1 from './generated/clarion/detector/v1/detector';
/** Google's messages of error details, as they go into `grpc-status-details-bin`. */
export * as rpcErrors from './google-rpc';

/** A serialised google.protobuf.FileDescriptorSet of all files and what they import: what server reflection answers from. */
export function fileDescriptorSet(): Buffer {
  return Buffer.from(descriptorSet, 'base64');
}
