/** Validators of `If-None-Match` (RFC 9110 §13.1.2), compared weakly: proxies that compress make them weak. */
export function entityTagsOf(header: string | undefined): readonly string[] {
  return [...(header ?? '').slice(0, 4096).matchAll(/(?:W\/)?"([\w-]*)"/g)].map(([, tag = '']) => tag);
}
