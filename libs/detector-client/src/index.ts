export type { ClientTls } from './grpc/client-credentials';
export { detectorService, type DetectorServiceOptions } from './grpc/detector-service';
export {
  grpcDetectorClient,
  type GrpcDetectorClient,
  type GrpcDetectorClientOptions,
} from './grpc/grpc-detector-client';
export { defaultStreamLimits, type StreamLimits } from './grpc/receive-files';
export { joinedDetectorClient } from './joined/joined-detector-client';
export { localDetectorClient } from './local/local-detector-client';
