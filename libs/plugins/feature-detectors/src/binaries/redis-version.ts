import { type FoundTexts, tokensIn } from './found-texts';

/**
 * The version, the host and the time of the build, the number of changed lines and the commit, which are zero in
 * releases: `6.2.14host-1701469167040305114` was built in a checkout.
 */
const buildId = /[\w.-]{10,160}(?:000000000|1\d{9}\d{1,6}[0-9a-f]{8})(?=\0)/;

/**
 * The version of Redis. Its programs have the versions since which each command exists in the same form, and the build
 * id begins with the version without anything between it and the rest: `7.0.151790282056000000000`. The version is the
 * longest of the first that the second contains.
 */
export function redisVersion(texts: FoundTexts): string | undefined {
  const ids = texts.flatMap((text) => buildId.exec(text)?.[0] ?? []);
  // The byte before it may belong to a number and look like a letter or digit.
  const begins = (token: string): boolean => ids.some((id) => id.startsWith(token) || id.startsWith(token, 1));
  const contained = tokensIn(texts).filter(begins);
  return contained.sort((a, b) => b.length - a.length)[0];
}
