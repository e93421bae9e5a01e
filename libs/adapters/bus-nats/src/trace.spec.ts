import type { Log } from '@clarion/model';
import { canStartNatsServer, feedWork, openWork, startNatsServer, startRunner, until } from '@clarion/test-kit';
import { SpanKind, trace, context } from '@opentelemetry/api';
import { node, tracing } from '@opentelemetry/sdk-node';

import { openNatsBus } from './open-nats-bus';
import { headersOf, startProcessing, startSending } from './trace';

const ignore = (): void => undefined;
const log: Log = { debug: ignore, info: ignore, warn: ignore, error: ignore };
const traceId = '0af7651916cd43dd8448eb211c80319c';
const traceparent = `00-${traceId}-b7ad6b7169203331-01`;

describe('trace context', () => {
  it.each([
    ['goes on without an SDK', { traceparent, tracestate: 'a=b' }, { traceparent, tracestate: 'a=b' }],
    ['is left alone where there is none', {}, {}],
    ['that is invalid is left out of spans', { traceparent: 'yesterday' }, { traceparent: 'yesterday' }],
  ])('%s', (_, given, sent) => {
    expect(headersOf(startSending('work.feed', given), given)).toEqual(sent);
  });
});

const describeWithServer = canStartNatsServer() ? describe : describe.skip;

describeWithServer('spans', () => {
  const exporter = new tracing.InMemorySpanExporter();
  const provider = new node.NodeTracerProvider({ spanProcessors: [new tracing.SimpleSpanProcessor(exporter)] });
  beforeAll(() => {
    provider.register();
  });
  afterAll(async () => {
    await provider.shutdown();
    trace.disable();
    context.disable();
  });

  it.each([
    [{ traceparent }, [traceId]],
    [{}, []],
  ])('of linked work begin a separate trace: %j', (given, linked) => {
    const span = startProcessing('work.advisories', given, { linked: true }) as unknown as tracing.ReadableSpan;
    expect(span.parentSpanContext).toBeUndefined();
    expect(span.spanContext().traceId).not.toBe(traceId);
    expect(span.links.map((link) => link.context.traceId)).toEqual(linked);
  });

  it('make one trace of an event, the work, and what that causes', async () => {
    const server = await startNatsServer();
    const behaviour = { log, prefix: server.prefix, pullMillis: 1000 };
    const bus = await openNatsBus({ natsUrl: [server.url], tenant: 'traced' }, behaviour);
    const runner = startRunner(bus, {
      'work.feed': async function* (event, { traceparent: inside }) {
        expect(trace.getActiveSpan()?.spanContext().traceId).toBe(traceId);
        expect(inside).toMatch(new RegExp(`^00-${traceId}-(?!b7ad6b7169203331)[0-9a-f]{16}-01$`));
        yield await Promise.resolve({ ...event, kind: 'feed.updated', result: 'failed' } as const);
        if (event.feed === 'bad') throw new Error('a bug');
      },
    });
    await bus.publish([{ event: feedWork('nvd'), traceparent }]);
    await until('it is done', async () => exporter.getFinishedSpans().length >= 3 && (await openWork(bus)) === 0);
    await runner.stop();
    await bus.close();
    await server.stop();
    const spans = exporter.getFinishedSpans();
    const byName = (name: string) => spans.find((span) => span.name === name)!;
    const [sent, processed, caused] = ['publish work.feed', 'process work.feed', 'publish v1.feed.updated'].map(byName);
    expect(new Set(spans.map((span) => span.spanContext().traceId))).toEqual(new Set([traceId]));
    expect([sent!.kind, processed!.kind, caused!.kind]).toEqual([
      SpanKind.PRODUCER,
      SpanKind.CONSUMER,
      SpanKind.PRODUCER,
    ]);
    expect(sent!.parentSpanContext?.spanId).toBe('b7ad6b7169203331');
    expect(processed!.parentSpanContext?.spanId).toBe(sent!.spanContext().spanId);
    expect(caused!.parentSpanContext?.spanId).toBe(processed!.spanContext().spanId);
    expect(processed!.attributes).toEqual({
      'messaging.system': 'nats',
      'messaging.operation.name': 'process',
      'messaging.operation.type': 'process',
      'messaging.destination.template': 'work.feed',
    });
  });
});
