import { createHmac } from 'node:crypto';

const minute = 60;

/**
 * The token that Clair's notifier sends: a JWT signed with HS256 by the pre-shared key (base64), of issuer
 * `clair-notifier`, valid from a minute ago for two minutes.
 */
export function clairToken(key: string, now: Date): string {
  const iat = Math.floor(now.getTime() / 1000);
  const parts = [
    { alg: 'HS256', typ: 'JWT' },
    { iss: 'clair-notifier', iat, nbf: iat - minute, exp: iat + minute },
  ].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'));
  const signature = createHmac('sha256', Buffer.from(key, 'base64')).update(parts.join('.')).digest('base64url');
  return [...parts, signature].join('.');
}
