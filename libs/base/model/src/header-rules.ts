/**
 * Which request headers callers may set. API documents contain the rules too: patterns there have no case-insensitive
 * flag.
 */
export interface HeaderRules {
  /** The most of them. */
  readonly max: number;
  readonly name: RegExp;
  readonly value: RegExp;
}

/** Headers for the address of a layer. */
export const layerHeaders: HeaderRules = {
  max: 16,
  name: new RegExp(
    `^(?:${anyCase('authorization|accept|user-agent')}|${anyCase('x-(?:amz|ms|goog)-')}[A-Za-z0-9-]{1,100})$`,
  ),
  /** Field values of RFC 9110: visible characters, blanks and tabs. Tokens of registries have up to 6 KiB. */
  value: /^[\t\x20-\x7e\x80-\xff]{0,8192}$/,
};

/** Headers that belong to the connection, to the body, or that Clarion itself sets. */
const ownHeaders =
  'host|connection|keep-alive|transfer-encoding|te|trailer|upgrade|expect|cookie|user-agent|(?:content|proxy|webhook|ce)-.*';

/** Headers for a webhook endpoint. */
export const endpointHeaders: HeaderRules = {
  max: 20,
  name: new RegExp(`^(?!(?:${anyCase(ownHeaders)})$)[!#$%&'*+.^_\`|~0-9A-Za-z-]{1,100}$`),
  /** RFC 9110 §5.5; obsolete bytes above are not allowed, since both sides may decode them differently. */
  value: /^[\t -~]{0,4096}$/,
};

/** A pattern for lower-case words that matches them in any case, without a flag: patterns of JSON Schema have none. */
function anyCase(words: string): string {
  return words.replace(/[a-z]/g, (letter) => `[${letter.toUpperCase()}${letter}]`);
}
