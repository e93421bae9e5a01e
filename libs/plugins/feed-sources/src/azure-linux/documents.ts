import { ClarionError, type FeedPlan, planOf, type Upstream } from '@clarion/model';

/** The known releases; a mirror with an index page may have more or fewer of them. */
const releases: readonly string[] = ['azurelinux-3.0-oval.xml', 'cbl-mariner-1.0-oval.xml', 'cbl-mariner-2.0-oval.xml'];

const namePattern = /^(azurelinux|cbl-mariner)-(\d{1,3}\.\d{1,3})-oval\.xml$/;

/** `azurelinux:3.0` for `azurelinux-3.0-oval.xml`; undefined for names of other files. */
export function namespaceOf(document: string): string | undefined {
  const [, product, release] = namePattern.exec(document) ?? [];
  if (product === undefined || release === undefined) return undefined;
  return `${product === 'azurelinux' ? 'azurelinux' : 'mariner'}:${release}`;
}

/**
 * All documents that the upstream lists, or the known ones if it lists none, as the production host does. If a list
 * lacks a known document, it is a mirror without it, and the plan reports the document as missing.
 */
export async function planAzure(upstream: Upstream): Promise<FeedPlan> {
  const listed = await namesOf(upstream);
  if (listed === undefined) return { ...planOf(releases), missing: [] };
  const documents = listed.filter((name) => namespaceOf(name) !== undefined);
  if (documents.length === 0)
    throw new ClarionError('upstream-unavailable', 'Azure Linux upstream lists no OVAL files');
  const absent = releases.filter((name) => !documents.includes(name));
  const missing = absent.map((name) => ({ name, namespaces: [namespaceOf(name) ?? ''] }));
  return { ...planOf([...documents].sort()), missing };
}

async function namesOf(upstream: Upstream): Promise<readonly string[] | undefined> {
  try {
    return await upstream.list('');
  } catch (error) {
    // The host serves only single files. If it is down, or its name cannot be resolved, fetching the documents reports
    // that.
    if (error instanceof ClarionError && error.retryable) return undefined;
    throw error;
  }
}
