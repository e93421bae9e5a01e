import { jsonOf } from '@clarion/http-engine';
import { ClarionError, compareSeverity, severities, type Severity } from '@clarion/model';
import type { UseCases } from '@clarion/use-cases';
import { z } from 'zod';
import { clairTypes, negotiate } from '../accept';
import { anyQuery, type ClairRoute, clairRoute, noParams } from '../route';

const types = clairTypes('affected_manifests');
const [mostVulnerabilities, mostImages, pageSize] = [1000, 20_000, 500];

const vulnerability = z.looseObject({
  id: z.string().max(200),
  name: z.string().min(1).max(200),
  normalized_severity: z.string().max(20).optional(),
});
const body = z.looseObject({ vulnerabilities: z.array(vulnerability).max(mostVulnerabilities).nullish() });

type Vulnerability = z.output<typeof vulnerability>;

/** The images that have vulnerabilities of these names now, also under an alias. */
export const affectedManifestRoute: ClairRoute = clairRoute({
  method: 'post',
  path: '/indexer/api/v1/internal/affected_manifest',
  operation: 'findAffectedManifests',
  access: 'reader',
  params: noParams,
  query: anyQuery,
  bodies: { '*': body },
  bounds: { bytes: 4 * 1024 ** 2, values: 40_000 },
  async handle(request, { useCases: { images } }) {
    const mediaType = negotiate(request.headers.accept, types);
    const asked = (jsonOf(request) as z.output<typeof body>).vulnerabilities ?? [];
    // The worst ones first, so that they are in this order for each image.
    const sorted = [...asked].sort((a, b) => compareSeverity(severityOf(a), severityOf(b)));
    const manifests = new Map<string, string[]>();
    const found: Record<string, Vulnerability> = {};
    let entries = 0;
    for (const one of sorted) {
      for await (const digest of imagesWith(one.name, images)) {
        if (++entries > mostImages)
          throw new ClarionError('limit-exceeded', `More than ${mostImages} images are affected`);
        manifests.set(digest, [...(manifests.get(digest) ?? []), one.id]);
        found[one.id] = one;
      }
    }
    const json = { vulnerabilities: found, vulnerable_manifests: Object.fromEntries(manifests) };
    return { status: 200, json, mediaType };
  },
});

function severityOf({ normalized_severity: text }: Vulnerability): Severity {
  return severities.find((severity) => severity === text) ?? 'Unknown';
}

async function* imagesWith(name: string, images: UseCases['images']): AsyncGenerator<string> {
  let after: string | undefined;
  do {
    const page = await images.list(
      { by: 'vulnerability', vulnerability: name },
      { limit: pageSize, ...(after === undefined ? {} : { after }) },
    );
    for (const { digest } of page.items) yield digest;
    after = page.next;
  } while (after !== undefined);
}
