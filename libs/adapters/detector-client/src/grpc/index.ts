// A separate entry point: code that detects in-process must not load gRPC.
export { detectorService } from './detector-service';
export { grpcDetectorClient } from './grpc-detector-client';
