import type { Server } from 'node:http';
import type { ServeConnection } from './listen-for-connections';
import { requestCame } from './open-connections';

/** Serves connections that another component has accepted with a server that does not listen itself. */
export function serveHttp(http: Server): ServeConnection {
  // A server that never listens does not check for late requests; this event makes it do so.
  http.emit('listening');
  http.prependListener('request', (request) => {
    requestCame(request.socket);
  });
  return (socket) => {
    http.emit('connection', socket);
  };
}
