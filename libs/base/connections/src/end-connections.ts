import type { Server } from 'node:http';
import type { ListeningPort } from './listen-for-connections';

const lookMillis = 50;

/**
 * Takes no new connections, lets running requests finish, and closes the connections that are open then; all of it at
 * once when `signal` aborts. `http` serves connections of `listening`, and has no separate port.
 */
export async function endConnections(listening: ListeningPort, http: Server, signal: AbortSignal): Promise<void> {
  const closed = listening.close();
  const destroy = (): void => {
    listening.destroy();
  };
  // A keep-alive connection is not idle before its running request is answered.
  const look = setInterval(() => {
    http.closeIdleConnections();
  }, lookMillis);
  http.closeIdleConnections();
  if (signal.aborted) destroy();
  else signal.addEventListener('abort', destroy, { once: true });
  await closed;
  clearInterval(look);
  signal.removeEventListener('abort', destroy);
  http.close();
}
