import type { Express } from 'express';
import { sentTypes } from './media-types';

/** `/harbor/probe/healthy` and `/harbor/probe/ready`: they need no credential, and say nothing but whether it works. */
export function mountProbes(app: Express, base: string, isReady: () => Promise<boolean>): void {
  app.get(`${base}/probe/healthy`, (_request, response) => {
    response.status(200).end();
  });
  app.get(`${base}/probe/ready`, async (_request, response) => {
    const ready = await isReady().catch(() => false);
    if (ready) response.status(200).end();
    else {
      const body = JSON.stringify({ error: { message: 'The store cannot be read' } });
      response.status(503).type(sentTypes.error).send(body);
    }
  });
}
