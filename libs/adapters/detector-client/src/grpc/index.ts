// A door of its own: whoever detects in its own process must not load gRPC.
export { detectorService } from './detector-service';
export { grpcDetectorClient } from './grpc-detector-client';
