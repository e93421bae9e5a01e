import type { Log } from '@clarion/model';
import {
  canStartNatsServer,
  describeBusContract,
  startNatsServer,
  type BusUnderTest,
  type NatsServer,
} from '@clarion/test-kit';

import { openNatsBus } from './open-nats-bus';

const ignore = (): void => undefined;
const log: Log = { debug: ignore, info: ignore, warn: ignore, error: ignore };
const maxDeliveries = 4;
const ackWaitMillis = 1000;

describe('bus-nats', () => {
  if (!canStartNatsServer()) {
    it.skip('needs a NATS server', ignore);
    return;
  }
  let server: NatsServer;
  let tests = 0;
  beforeAll(async () => {
    server = await startNatsServer();
  });
  afterAll(async () => {
    await server.stop();
  });

  async function openEmptyBus(): Promise<BusUnderTest> {
    tests += 1;
    const options = { natsUrl: [server.url], tenant: `t${tests}` };
    const behaviour = {
      log,
      prefix: server.prefix,
      maxDeliveries,
      ackWaitMillis,
      backoffMillis: [20, 40],
      pullMillis: 1000,
    };
    const connect = () => openNatsBus(options, behaviour);
    const bus = await connect();
    return { bus, connect, server, maxDeliveries, silenceMillis: ackWaitMillis, cleanup: () => bus.close() };
  }

  describeBusContract('nats', openEmptyBus, { hasServer: process.env['NATS_URL'] === undefined });
});
