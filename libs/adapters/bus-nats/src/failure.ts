/** A short reason for an error, without the payload. Errors of Node modules need not be an instance of our `Error`. */
export function describeFailure(error: unknown): string {
  const { code, message, cause } = (error ?? {}) as { code?: unknown; message?: unknown; cause?: unknown };
  if (typeof message !== 'string') return 'unknown reason';
  const reason = (cause as { message?: unknown } | undefined)?.message;
  return `${typeof code === 'string' ? `${code} ` : ''}${message}${typeof reason === 'string' ? `: ${reason}` : ''}`;
}
