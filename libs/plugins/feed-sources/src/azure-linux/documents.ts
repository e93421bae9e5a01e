import { ClarionError, type Upstream } from '@clarion/model';

/** The releases there are; a mirror with an index page may hold more or fewer of them. */
const releases: readonly string[] = ['azurelinux-3.0-oval.xml', 'cbl-mariner-1.0-oval.xml', 'cbl-mariner-2.0-oval.xml'];

const namePattern = /^(azurelinux|cbl-mariner)-(\d{1,3}\.\d{1,3})-oval\.xml$/;

/** `azurelinux:3.0` for `azurelinux-3.0-oval.xml`; undefined for names of other files. */
export function namespaceOf(document: string): string | undefined {
  const [, product, release] = namePattern.exec(document) ?? [];
  if (product === undefined || release === undefined) return undefined;
  return `${product === 'azurelinux' ? 'azurelinux' : 'mariner'}:${release}`;
}

/** All documents that the upstream lists; the known ones where it lists none, as the production host does. */
export async function azureDocuments(upstream: Upstream): Promise<readonly string[]> {
  const listed = await namesOf(upstream);
  if (listed === undefined) return releases;
  const documents = listed.filter((name) => namespaceOf(name) !== undefined);
  if (documents.length === 0)
    throw new ClarionError('upstream-unavailable', 'Azure Linux upstream lists no OVAL files');
  return [...documents].sort();
}

async function namesOf(upstream: Upstream): Promise<readonly string[] | undefined> {
  try {
    return await upstream.list('');
  } catch (error) {
    // The host serves single files only. Were it down, or its name not known now, fetching the documents would tell.
    if (error instanceof ClarionError && error.retryable) return undefined;
    throw error;
  }
}
