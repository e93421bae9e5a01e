import type { UseCaseDependencies } from '@clarion/use-cases';
import type { BuiltImage } from '@clarion/test-kit';
import type { HarborAnswer, HarborRequest, HarborService } from './harbor-service';

export const reportType = 'application/vnd.security.vulnerability.report; version=1.1';

/** The JSON of a scan request, as Harbor sends it. */
export function scanBody(image: Pick<BuiltImage, 'manifestDigest'>, changes: object = {}): Record<string, unknown> {
  return {
    registry: { url: 'https://registry.example', authorization: '', insecure: false },
    artifact: {
      namespace_id: 1,
      repository: 'library/app',
      tag: '1',
      digest: image.manifestDigest,
      mime_type: 'application/vnd.docker.distribution.manifest.v2+json',
      size: 1234,
    },
    enabled_capabilities: null,
    ...changes,
  };
}

/** A scan request with the headers of Harbor. */
export function scanRequestOf(body: unknown): HarborRequest {
  return {
    headers: {
      'content-type': 'application/vnd.scanner.adapter.scan.request+json; version=1.0',
      accept: 'application/vnd.scanner.adapter.scan.response+json; version=1.0',
    },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  };
}

/** Posts a scan, and resolves to its id. */
export async function submitScan(service: HarborService, body: unknown): Promise<string> {
  const answer = await service.ask('POST', '/api/v1/scan', scanRequestOf(body));
  if (answer.status !== 202) throw new Error(`${answer.status} ${answer.text}`);
  return (answer.json as { id: string }).id;
}

/** Polls once, for the preferred report unless another type is stated. */
export function poll(service: HarborService, id: string, accept = reportType, query = ''): Promise<HarborAnswer> {
  return service.ask('GET', `/api/v1/scan/${id}/report${query}`, { headers: { accept } });
}

/** Registries whose images have these layers; the layers cannot be pulled. */
export function registryOf(images: readonly BuiltImage[]): {
  readonly resolveImage: UseCaseDependencies['resolveImage'];
  /** The references that were looked up. */
  readonly asked: string[];
} {
  const asked: string[] = [];
  return {
    asked,
    resolveImage(reference) {
      asked.push(reference);
      const built = images.find(({ manifestDigest }) => reference.endsWith(manifestDigest));
      if (built === undefined) return Promise.reject(new Error(`There is no ${reference}`));
      const image = {
        reference,
        manifestDigest: built.manifestDigest,
        platform: { os: 'linux', architecture: 'amd64' },
        layers: built.layers.map(({ diffId, digest }) => ({ diffId, digest })),
      };
      return Promise.resolve({ image, pinned: reference, name: reference, insecure: false });
    },
  };
}
