export * from './limits';
export * from './caller-shares';
export * from './end-connections';
export * from './follow-tls';
export * from './is-http2';
export {
  type ListeningPort,
  listenForConnections,
  type ListenForConnections,
  type ServeConnection,
} from './listen-for-connections';
export { type ConnectionEnds, requestAdmitted, requestCame } from './open-connections';
export * from './serve-http';
export * from './serve-tls';
