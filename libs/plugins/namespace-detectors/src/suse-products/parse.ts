import { decodeText } from '@clarion/file-formats';
import type { ScopeEvidence, WantedFile } from '@clarion/model';

/** The name and version at the top of a product file: `SLES` `15.5`. */
export function parseProduct({ path, content }: WantedFile): readonly ScopeEvidence[] {
  const text = decodeText(content);
  const value = firstElement(text, 'name');
  if (value === undefined) return [];
  const version = firstElement(text, 'version') ?? firstElement(text, 'baseversion');
  return [{ kind: 'product', value, ...(version === undefined ? {} : { version }), path }];
}

function firstElement(text: string, name: string): string | undefined {
  return new RegExp(`<${name}>\\s{0,20}([\\w.:+-]{1,100})\\s{0,20}</${name}>`).exec(text)?.[1];
}
