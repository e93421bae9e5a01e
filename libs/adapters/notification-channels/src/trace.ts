import { propagation, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace, type Context } from '@opentelemetry/api';
import type { WebhookAnswer } from '@clarion/model';

const tracer = trace.getTracer('@clarion/notification-channels');

export interface TracedAttempt {
  readonly url: URL;
  /** Of the work that caused the message. */
  readonly traceparent?: string | undefined;
}

/**
 * Makes one delivery attempt in a span of the message's trace, and passes `send` the trace headers for the receiver
 * (none if tracing is off). Receiver addresses may be secret, so only their hosts are recorded.
 */
export async function traced(
  { url, traceparent }: TracedAttempt,
  send: (headers: Readonly<Record<string, string>>) => Promise<WebhookAnswer>,
): Promise<WebhookAnswer> {
  const parent = traceparent === undefined ? ROOT_CONTEXT : propagation.extract(ROOT_CONTEXT, { traceparent });
  const port = url.port === '' ? ({ 'https:': 443 }[url.protocol] ?? 80) : Number(url.port);
  const attributes = { 'http.request.method': 'POST', 'server.address': url.hostname, 'server.port': port };
  const span = tracer.startSpan('POST', { kind: SpanKind.CLIENT, attributes }, parent);
  try {
    const answer = await send(headersOf(trace.setSpan(parent, span)));
    if (answer.status !== null) span.setAttribute('http.response.status_code', answer.status);
    if (answer.status === null || answer.status >= 400) span.setStatus({ code: SpanStatusCode.ERROR });
    return answer;
  } catch (error) {
    span.setStatus({ code: SpanStatusCode.ERROR });
    throw error;
  } finally {
    span.end();
  }
}

function headersOf(context: Context): Record<string, string> {
  const headers: Record<string, string> = {};
  propagation.inject(context, headers);
  return headers;
}
