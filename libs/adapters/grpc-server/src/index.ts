export { type AskedCall, bearerGuard, type CallGuard } from './call-guard';
export {
  createGrpcServer,
  type GrpcServer,
  type GrpcServerOptions,
  type ListeningGrpcServer,
  type MountedService,
  startGrpcServer,
} from './grpc-server';
export type { CallObserver, EndedCall } from './observe-calls';
