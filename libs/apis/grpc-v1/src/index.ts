export { createGrpcApi, type GrpcApi, type GrpcApiOptions, type GrpcApiService } from './grpc-api';
