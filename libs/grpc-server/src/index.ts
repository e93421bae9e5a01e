export { bearerGuard, type CallGuard } from './call-guard';
export {
  type GrpcServer,
  type GrpcServerOptions,
  type MountedService,
  type ServerTls,
  startGrpcServer,
} from './grpc-server';
export type { CallObserver, EndedCall } from './observe-calls';
