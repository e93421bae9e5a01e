export { createGrpcApi, type GrpcApiOptions, type GrpcApiService } from './grpc-api';
