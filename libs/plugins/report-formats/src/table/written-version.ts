import { ecosystemOfNamespace } from '@clarion/ecosystems';
import type { Finding } from '@clarion/model';

/** A version as the tools of its ecosystem write it, like the installed one: databases leave out the `v` of Go. */
export function writtenVersion({ package: { namespace, name } }: Pick<Finding, 'package'>, version: string): string {
  return ecosystemOfNamespace(namespace)?.writtenVersion?.(name, version) ?? version;
}
