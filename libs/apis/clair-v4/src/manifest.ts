import { ClarionError, isDigest, layerHeaders } from '@clarion/model';
import type { SubmitRequest, SubmittedLayer } from '@clarion/use-cases';
import { z } from 'zod';

/** As Go reads it: absent members and null are the same, and further members are ignored. */
const layer = z.looseObject({
  hash: z.string().max(200).nullish(),
  uri: z.string().nullish(),
  headers: z.record(z.string(), z.array(z.string())).nullish(),
  media_type: z.string().max(200).nullish(),
});

/** An image, as callers describe it: its layers base first, each with an address to read it from. */
export const manifestSchema = z.looseObject({
  hash: z.string().max(200).nullish(),
  layers: z.array(layer).nullish(),
});

export type Manifest = z.output<typeof manifestSchema>;

/** A directory of the server: never of a caller. */
const filesystem = 'application/vnd.claircore.filesystem';

/** The digest of a manifest that has one and layers. Throws `invalid-input`. */
export function digestOf({ hash, layers }: Manifest): string {
  if (typeof hash !== 'string' || hash === '' || (layers ?? []).length === 0) {
    throw new ClarionError('invalid-input', 'bogus manifest');
  }
  if (!isDigest(hash)) throw malformed('the hash of the manifest is not a sha256 or sha512 digest');
  return hash;
}

/** Throws `invalid-input` for what no image has. */
export function submissionOf(manifest: Manifest): SubmitRequest {
  return { kind: 'layers', digest: digestOf(manifest), layers: (manifest.layers ?? []).map(layerOf) };
}

function layerOf({ hash, uri, headers, media_type: mediaType }: z.output<typeof layer>): SubmittedLayer {
  if (typeof hash !== 'string' || !isDigest(hash)) throw malformed('the hash of a layer is not a digest');
  if (mediaType === filesystem) throw malformed('layers that are directories are not read');
  const sent = headersOf(headers ?? {});
  return {
    digest: hash,
    url: uri ?? '',
    ...(Object.keys(sent).length === 0 ? {} : { headers: sent }),
    ...(mediaType === undefined || mediaType === null || mediaType === '' ? {} : { mediaType }),
  };
}

/** Headers that must never come from a caller. */
const forbidden =
  /^(?:host|connection|keep-alive|transfer-encoding|te|trailer|upgrade|cookie|content-length|proxy-.*)$/i;

/**
 * The headers that may be sent, each with its values as one. Clients copy those of their own last request, so that
 * others than the allowed ones (`Referer`) are left out; those that would change the request itself are errors.
 */
function headersOf(headers: Readonly<Record<string, readonly string[]>>): Readonly<Record<string, string>> {
  const sent: Record<string, string> = {};
  for (const [name, values] of Object.entries(headers)) {
    const value = values.join(', ');
    if (forbidden.test(name)) throw malformed(`the header ${name} of a layer cannot be chosen`);
    if (!/^[!#$%&'*+.^_`|~\w-]{1,200}$/.test(name)) throw malformed('the name of a header of a layer is not valid');
    if (!layerHeaders.value.test(value))
      throw malformed(`the header ${name} of a layer has a value that cannot be sent`);
    if (layerHeaders.name.test(name) && values.length > 0) sent[name.toLowerCase()] = value;
  }
  return sent;
}

function malformed(message: string): ClarionError {
  return new ClarionError('invalid-input', `failed to deserialize manifest: ${message}`);
}
