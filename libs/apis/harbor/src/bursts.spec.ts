import { Agent, request } from 'node:http';
import { until } from '@clarion/test-kit';
import { debianImage } from '@clarion/use-cases/testing';
import { type HarborService, startHarborService } from '../testing/harbor-service';
import { registryOf, scanBody } from '../testing/scan-images';

const connections = 100;
const images = Array.from({ length: 20 }, (_, at) => debianImage(['openssl=3.0.11-1'], `burst ${at}`));

let service: HarborService;
let agent: Agent;
const registry = registryOf(images);
/** The registry answers nobody until then. */
let open: () => void;

beforeAll(async () => {
  const opened = new Promise<void>((resolve) => (open = resolve));
  service = await startHarborService({
    dependencies: {
      resolveImage: async (...of) => {
        await opened;
        return registry.resolveImage(...of);
      },
    },
  });
  agent = new Agent({ keepAlive: true, maxSockets: connections });
});
afterAll(async () => {
  agent.destroy();
  await service.close();
});

function post(body: unknown): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', authorization: 'Bearer scanner' };
    const sent = request(`${service.base}/api/v1/scan`, { method: 'POST', agent, headers }, (response) => {
      response.resume().on('end', () => {
        resolve(response.statusCode ?? 0);
      });
    });
    sent.on('error', reject).end(JSON.stringify(body));
  });
}

describe('a "scan all"', () => {
  it('of 100 connections is accepted at once although the registry does not answer, and never refused', async () => {
    const many = Array.from({ length: 10 }, () => images)
      .flat()
      .flatMap((image) => [image, image, image, image, image]);
    const statuses = await Promise.all(many.map((image) => post(scanBody(image))));
    expect(new Set(statuses)).toEqual(new Set([202]));
    expect(registry.asked).toEqual([]);
    open();
    await until('all are submitted', () => registry.asked.length === many.length);
    const known = await service.useCases.images.list({ by: 'all' }, { limit: 100 });
    expect(known.items).toHaveLength(images.length);
  });
});
