import { formatReference, parseReference } from '@clarion/layer-sources';
import { type TagName, tagOf } from '@clarion/model';
import { existsSync } from 'node:fs';

const engines = /^(?:registry|docker|podman|containerd):/;
const files = /^(?:docker-archive|oci-archive|oci|dir|sbom):/;

/** The tag that a text on the command line names; undefined for files, and for names without one. */
export function tagNamed(reference: string): TagName | undefined {
  const prefix = engines.exec(reference)?.[0];
  if (prefix === undefined && (files.test(reference) || existsSync(reference))) return undefined;
  const parsed = parseReference(reference.slice(prefix?.length ?? 0));
  return parsed && tagOf(formatReference(parsed));
}
