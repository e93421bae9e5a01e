import { asObject, readText } from '@clarion/file-formats/documents';
import { parseJson, ClarionError, type FeedState, type Upstream } from '@clarion/model';

/** Lists the branches. */
export const indexName = 'photon_versions.json';

const maxIndexBytes = 1024 * 1024;
const branchPattern = /^\d{1,3}\.\d{1,3}$/;

/** `photon:4.0` for `cve_data_photon4.0.json`; undefined for names of other files. */
export function namespaceOf(document: string): string | undefined {
  const branch = /^cve_data_photon(.{1,10})\.json$/.exec(document)?.[1] ?? '';
  return branchPattern.test(branch) ? `photon:${branch}` : undefined;
}

/** The index and a document for each branch it names. While the index is unchanged, so is the set of documents. */
export async function photonDocuments(upstream: Upstream, last: FeedState | undefined): Promise<readonly string[]> {
  const known = Object.keys(last?.documents ?? {});
  const useful = known.some((name) => namespaceOf(name) !== undefined);
  const answer = await upstream.get(indexName, useful ? last?.documents[indexName]?.validators : undefined);
  if (answer.kind === 'unchanged') return known;
  if (answer.kind === 'missing')
    throw new ClarionError('upstream-unavailable', 'Photon OS upstream has no list of branches');
  const branches = await readBranches(answer.body);
  if (branches.length === 0) throw new ClarionError('upstream-unavailable', 'Photon OS upstream lists no branches');
  return [indexName, ...branches.map((branch) => `cve_data_photon${branch}.json`)];
}

/** The branches of an index. Throws `corrupt-data` for an invalid index; skips names that are not branches. */
export async function readBranches(body: AsyncIterable<Uint8Array>): Promise<readonly string[]> {
  const text = await readText(body, maxIndexBytes);
  const branches = asObject(parseJson(text, 'Photon OS list of branches'))?.['branches'];
  if (!Array.isArray(branches)) throw new ClarionError('corrupt-data', 'Photon OS list of branches is damaged');
  const names = (branches as unknown[]).filter((name): name is string => {
    return typeof name === 'string' && branchPattern.test(name);
  });
  return [...new Set(names)].sort();
}
