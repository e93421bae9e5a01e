// A door of its own: whoever detects in its own process must not load gRPC.
export type { ClientTls } from './client-credentials';
export { detectorService, type DetectorServiceOptions } from './detector-service';
export { grpcDetectorClient, type GrpcDetectorClient, type GrpcDetectorClientOptions } from './grpc-detector-client';
export { defaultStreamLimits, type StreamLimits } from './receive-files';
