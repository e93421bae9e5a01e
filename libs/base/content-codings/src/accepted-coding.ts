import { codings, type ContentCoding } from './codings';

/** A longer header is no list of codings. */
const longest = 1024;
const entry = /^\s*([\w*!#$%&'+.^`|~-]+)\s*(?:;\s*q\s*=\s*(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)\s*)?$/i;

/**
 * The coding that an `Accept-Encoding` header prefers (RFC 9110 §12.5.3), the first of `among` where it prefers none of
 * them; undefined to send the content as it is: without a header, or where that is preferred. Entries that cannot be
 * read count as absent.
 */
export function acceptedCoding(
  header: string | undefined,
  among: readonly ContentCoding[] = codings,
): ContentCoding | undefined {
  const accepted = qualitiesOf((header ?? '').slice(0, longest));
  const others = accepted.get('*') ?? 0;
  const asItIs = accepted.get('identity') ?? 0;
  let best: { readonly coding: ContentCoding; readonly quality: number } | undefined;
  for (const coding of among) {
    const quality = accepted.get(coding) ?? others;
    if (quality > 0 && quality >= asItIs && quality > (best?.quality ?? 0)) best = { coding, quality };
  }
  return best?.coding;
}

function qualitiesOf(header: string): ReadonlyMap<string, number> {
  const qualities = new Map<string, number>();
  for (const one of header.split(',')) {
    const [, name, quality = '1'] = entry.exec(one) ?? [];
    if (name === undefined) continue;
    const coding = name.toLowerCase();
    qualities.set(coding === 'x-gzip' ? 'gzip' : coding, Number(quality));
  }
  return qualities;
}
