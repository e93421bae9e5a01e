const hidden = '[redacted]';
const secretName =
  /authorization|cookie|token|password|passwd|secret|signature|credential|api[-_]?key|private[-_]?key|signing[-_]?key|psk|nkey/i;
const deepest = 6;
const most = 100;
const longest = 8 * 1024;

/**
 * An address for the log: without user, password, query and fragment. Layer addresses of registries contain signatures
 * in their query.
 */
export function urlForLog(url: string | URL): string {
  const text = String(url);
  const hasAuthority = /^[a-z][a-z0-9+.-]*:\/\//i.test(text);
  if (!hasAuthority || !URL.canParse(text))
    return text.replace(/[?#].*$/s, '').replace(/^([a-z0-9+.-]*:\/\/)?[^/]*@/i, '$1');
  const { protocol, host, pathname, search } = new URL(text);
  return `${protocol}//${host}${pathname}${search === '' ? '' : '?…'}`;
}

/** Text without credentials: addresses as by `urlForLog`; bearer tokens, JWTs and webhook secrets are replaced. */
export function redactText(text: string): string {
  const short = text.length > longest ? `${text.slice(0, longest)}…` : text;
  return short
    .replace(/\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s"'<>\\]+/gi, (url) => urlForLog(url))
    .replace(/\b(bearer|basic)\s+[\w.~+/=-]{8,}/gi, (_, scheme: string) => `${scheme} ${hidden}`)
    .replace(/\beyJ[\w-]{8,}\.[\w-]*(\.[\w-]*){0,3}/g, hidden)
    .replace(/\b(whsec_|whsk_)[\w+/=-]+/g, hidden)
    .replace(/-----BEGIN [A-Z ]{1,40}-----[^-]*/g, hidden);
}

/**
 * A copy of log fields that is safe to print: secrets are replaced by name and by pattern, errors become objects, sizes
 * are limited.
 */
export function redactFields(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return redactObject(fields, 1);
}

function redactObject(value: object, depth: number): Record<string, unknown> {
  const result: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  const entries = Object.entries(value);
  for (const [name, member] of entries.slice(0, most)) result[name] = redactMember(name, member, depth);
  if (entries.length > most) result['…'] = `${entries.length - most} more`;
  return result;
}

function redactMember(name: string, value: unknown, depth: number): unknown {
  // A number of tokens is not a token.
  const isFact = value === null || ['number', 'boolean', 'undefined'].includes(typeof value);
  return secretName.test(name) && !isFact ? hidden : redactValue(value, depth);
}

function redactValue(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return redactText(value);
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'function' || typeof value === 'symbol') return undefined;
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (value instanceof URL) return urlForLog(value);
  if (ArrayBuffer.isView(value)) return `${value.byteLength} bytes`;
  if (depth >= deepest) return '…';
  if (value instanceof Error) return describeError(value, depth);
  if (value instanceof Map)
    return redactObject(Object.fromEntries([...value].map(([k, v]) => [String(k), v as unknown])), depth + 1);
  if (value instanceof Set || Array.isArray(value)) {
    const items = [...(value as Iterable<unknown>)];
    const shown = items.slice(0, most).map((item) => redactValue(item, depth + 1));
    return items.length > most ? [...shown, `${items.length - most} more`] : shown;
  }
  return redactObject(value, depth + 1);
}

function describeError(error: Error, depth: number): Record<string, unknown> {
  const { code, remedy } = error as { code?: unknown; remedy?: unknown };
  return {
    type: error.name,
    ...(typeof code === 'string' && { code }),
    message: redactText(error.message),
    ...(typeof remedy === 'string' && { remedy: redactText(remedy) }),
    ...(error.stack !== undefined && { stack: redactText(error.stack) }),
    ...(error.cause !== undefined && { cause: redactValue(error.cause, depth + 1) }),
  };
}
