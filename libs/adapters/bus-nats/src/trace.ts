import {
  context,
  createTraceState,
  isSpanContextValid,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  TraceFlags,
  type Context,
  type Link,
  type Span,
  type SpanContext,
} from '@opentelemetry/api';

/** W3C Trace Context in message headers (https://www.w3.org/TR/trace-context/). */
export interface TraceHeaders {
  readonly traceparent?: string;
  readonly tracestate?: string;
}

const tracer = trace.getTracer('@clarion/bus-nats');

/** Begins the span of sending one message: a child of the active span, or of the trace in the message. */
export function startSending(destination: string, given: TraceHeaders): Span {
  const parent = trace.getActiveSpan() === undefined ? contextOf(given) : context.active();
  return startSpan({ operation: 'publish', type: 'send', destination, kind: SpanKind.PRODUCER }, parent);
}

/**
 * Begins the span of processing one message: in the trace of the message, or, if `linked`, in a new one with a link to
 * it. Without an SDK there is no new trace, and the given one continues.
 */
export function startProcessing(
  destination: string,
  given: TraceHeaders,
  { linked }: { readonly linked: boolean },
): Span {
  const from = contextOf(given);
  const operation: Operation = { operation: 'process', type: 'process', destination, kind: SpanKind.CONSUMER };
  if (!linked) return startSpan(operation, from);
  const sender = trace.getSpanContext(from);
  return startSpan({ ...operation, links: sender === undefined ? [] : [{ context: sender }] }, ROOT_CONTEXT);
}

interface Operation {
  readonly operation: string;
  readonly type: 'send' | 'process';
  /** With placeholders for what has many values. */
  readonly destination: string;
  readonly kind: SpanKind;
  readonly links?: Link[];
}

function startSpan({ operation, type, destination, kind, links = [] }: Operation, parent: Context): Span {
  const attributes = {
    'messaging.system': 'nats',
    'messaging.operation.name': operation,
    'messaging.operation.type': type,
    'messaging.destination.template': destination,
  };
  return tracer.startSpan(`${operation} ${destination}`, { kind, attributes, links }, parent);
}

/** Ends a span when `work` ends. */
export async function within<T>(span: Span, work: () => Promise<T>): Promise<T> {
  try {
    return await context.with(trace.setSpan(context.active(), span), work);
  } catch (error) {
    span.recordException(error as Error);
    span.setStatus({ code: SpanStatusCode.ERROR });
    throw error;
  } finally {
    span.end();
  }
}

/**
 * Trace headers to send: those of the span, if there is one, else the given ones. Without an SDK the given trace
 * continues.
 */
export function headersOf(span: Span, given: TraceHeaders): TraceHeaders {
  const spanContext = span.spanContext();
  // Without an SDK a span is its parent, which may be a given trace.
  if (!isSpanContextValid(spanContext)) return given;
  const { traceId, spanId, traceFlags, traceState } = spanContext;
  const state = traceState?.serialize();
  return {
    traceparent: `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`,
    ...(state !== undefined && state !== '' && { tracestate: state }),
  };
}

function contextOf({ traceparent, tracestate }: TraceHeaders): Context {
  const found = /^[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})/.exec(traceparent ?? '');
  if (found === null) return context.active();
  const [, traceId = '', spanId = '', flags = ''] = found;
  const remote: SpanContext = {
    traceId,
    spanId,
    traceFlags: Number.parseInt(flags, 16) & TraceFlags.SAMPLED,
    isRemote: true,
    ...(tracestate !== undefined && { traceState: createTraceState(tracestate) }),
  };
  return isSpanContextValid(remote) ? trace.setSpanContext(context.active(), remote) : context.active();
}
