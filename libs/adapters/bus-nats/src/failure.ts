/** The reason of an error in few words, without what was sent. What a module of Node throws need not be our `Error`. */
export function describeFailure(error: unknown): string {
  const { code, message, cause } = (error ?? {}) as { code?: unknown; message?: unknown; cause?: unknown };
  if (typeof message !== 'string') return 'unknown reason';
  const reason = (cause as { message?: unknown } | undefined)?.message;
  return `${typeof code === 'string' ? `${code} ` : ''}${message}${typeof reason === 'string' ? `: ${reason}` : ''}`;
}
