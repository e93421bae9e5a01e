/** Validators of `If-None-Match` (RFC 9110 §13.1.2), compared weakly: proxies that compress make them weak. `*` is any. */
export function entityTagsOf(header: string | undefined): readonly string[] {
  if (header?.trim() === '*') return ['*'];
  return [...(header ?? '').slice(0, 4096).matchAll(/(?:W\/)?"([\w-]*)"/g)].map(([, tag = '']) => tag);
}
