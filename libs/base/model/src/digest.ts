/** A content digest in its OCI spelling, `sha256:<64 hex>` or `sha512:<128 hex>`. */
export type Digest = string;

const pattern = /^(?:sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$/;

/** Whether `text` is a digest that Clarion verifies (sha256 or sha512, lower-case hex). */
export function isDigest(text: string): text is Digest {
  return pattern.test(text);
}
