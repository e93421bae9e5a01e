import { descriptorSet } from './generated/descriptor-set';

/** The public API: `proto/clarion/v1`. */
export * as clarionV1 from './clarion-v1';
/** The detector protocol: `proto/clarion/detector/v1`. */
export * as detectorV1 from './generated/clarion/detector/v1/detector';
export { readRichStatus, type RichError, richStatus } from './rich-error';
export { codeOfStatus, isErrorCode, statusOfCode } from './status-codes';

/** A serialised google.protobuf.FileDescriptorSet of all files and their imports: the data for server reflection. */
export function fileDescriptorSet(): Buffer {
  return Buffer.from(descriptorSet, 'base64');
}
