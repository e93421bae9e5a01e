import type { Egress } from '@clarion/egress';
import { ClarionError } from '@clarion/model';
import type { JSONWebKeySet, JWTVerifyGetKey } from 'jose';

const maxBytes = 1024 * 1024;
/** How long keys are used without refreshing, and the minimum time between two requests for unknown keys. */
const freshMillis = 10 * 60_000;
const askAgainMillis = 30_000;

interface Known {
  readonly find: JWTVerifyGetKey;
  readonly at: number;
}

/**
 * A published key set, fetched through the egress guard, cached for ten minutes, and fetched again for unknown key ids.
 */
export function createKeySet(url: string, egress: Egress, now: () => number = Date.now) {
  let known: Known | undefined;
  let asking: Promise<Known> | undefined;
  let askedAt = Number.NEGATIVE_INFINITY;
  const ask = (): Promise<Known> => {
    askedAt = now();
    asking ??= fetchKeys(url, egress)
      .then((find) => (known = { find, at: now() }))
      .finally(() => (asking = undefined));
    return asking;
  };
  /** The set, fresh enough; an old one where a new one is unavailable. Throws `upstream-unavailable` without any. */
  const fresh = async (): Promise<Known> => {
    if (known !== undefined && (now() - known.at < freshMillis || now() - askedAt < askAgainMillis)) return known;
    const old = known;
    return ask().catch((error: unknown) => {
      if (old !== undefined) return old;
      throw error;
    });
  };
  return {
    /** A function that finds the key of a token. */
    async current(): Promise<JWTVerifyGetKey> {
      const { errors } = await import('jose');
      const first = await fresh();
      return async (header, token) => {
        try {
          return await first.find(header, token);
        } catch (error) {
          const unknown = error instanceof errors.JWKSNoMatchingKey;
          if (!unknown || now() - askedAt < askAgainMillis) throw error;
          return (await ask()).find(header, token);
        }
      };
    },
  };
}

async function fetchKeys(url: string, egress: Egress): Promise<JWTVerifyGetKey> {
  const answer = await egress.request({ url, headers: { accept: 'application/json' }, maxBytes, maxRedirects: 0 });
  if (answer.status !== 200) {
    await answer.discard();
    throw new ClarionError('upstream-unavailable', `The key set of tokens answers with status ${answer.status}`);
  }
  const { createLocalJWKSet } = await import('jose');
  try {
    return createLocalJWKSet(JSON.parse(Buffer.from(await answer.bytes()).toString()) as JSONWebKeySet);
  } catch (cause) {
    throw new ClarionError('upstream-unavailable', 'The key set of tokens is not valid', { cause });
  }
}
