import { ClarionError } from '@clarion/model';

/** Headers that a caller may have sent with a layer: those that storage services authorise by. */
const allowed = /^(?:authorization|accept|user-agent|x-amz-[a-z0-9-]+|x-ms-[a-z0-9-]+|x-goog-[a-z0-9-]+)$/;
const value = /^[\t\x20-\x7e\x80-\xff]*$/;

/**
 * Splits a caller's headers for a layer: `Authorization` stays with the origin, the rest is sent everywhere. Throws
 * `invalid-input` for a forbidden header or one with control characters.
 */
export function allowedHeaders(given: Readonly<Record<string, string>>): {
  readonly authorization?: string;
  readonly headers: Readonly<Record<string, string>>;
} {
  const entries = Object.entries(given).map(([name, text]) => [name.toLowerCase(), text] as const);
  const bad = entries.find(([name, text]) => !allowed.test(name) || !value.test(text));
  if (bad !== undefined) {
    throw new ClarionError('invalid-input', `The header ${JSON.stringify(bad[0])} of a layer may not be set`, {
      remedy: 'allowed are Authorization, Accept, User-Agent, X-Amz-*, X-Ms-* and X-Goog-*',
    });
  }
  const authorization = entries.find(([name]) => name === 'authorization')?.[1];
  const headers = Object.fromEntries(entries.filter(([name]) => name !== 'authorization'));
  return authorization === undefined ? { headers } : { authorization, headers };
}
