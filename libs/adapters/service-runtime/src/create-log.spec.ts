import { context, ROOT_CONTEXT, trace, TraceFlags, type Context, type ContextManager } from '@opentelemetry/api';

import { until } from '@clarion/test-kit';
import { createLog, type LogLevel } from './create-log';

function logInto(lines: Record<string, unknown>[], options: { level?: LogLevel; repetitionMillis?: number } = {}) {
  const write = (line: string): void => void lines.push(JSON.parse(line) as Record<string, unknown>);
  return createLog({ service: 'notifier', version: '1.2.3', stream: { write }, ...options });
}

/** As much of OpenTelemetry's context as one synchronous call needs. */
function synchronousContexts(): ContextManager {
  let current: Context = ROOT_CONTEXT;
  const manager: ContextManager = {
    active: () => current,
    with(inside, call, self, ...args) {
      current = inside;
      const result = call.apply(self as never, args);
      current = ROOT_CONTEXT;
      return result;
    },
    bind: (_, target) => target,
    enable: () => manager,
    disable: () => manager,
  };
  return manager;
}

describe('createLog', () => {
  it('writes one JSON object a line', () => {
    const lines: Record<string, unknown>[] = [];
    logInto(lines).with({ tenant: 'a' }).info('Image indexed', { image: 'sha256:1' });
    expect(lines).toEqual([
      {
        level: 'info',
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as string,
        service: 'notifier',
        version: '1.2.3',
        tenant: 'a',
        image: 'sha256:1',
        msg: 'Image indexed',
      },
    ]);
  });

  it.each(['debug', 'info', 'warn', 'error'] as const)('redacts on every level: %s', (level) => {
    const lines: Record<string, unknown>[] = [];
    const log = logInto(lines, { level: 'debug' });
    log[level]('Sent with Bearer abcdefghijkl', { authorization: 'x', url: 'https://a/b?sig=1' });
    log.with({ cookie: 'y' })[level]('Other');
    expect(lines).toMatchObject([
      { level, msg: 'Sent with Bearer [redacted]', authorization: '[redacted]', url: 'https://a/b?…' },
      { level, msg: 'Other', cookie: '[redacted]' },
    ]);
  });

  it('changes its level at once', () => {
    const lines: Record<string, unknown>[] = [];
    const log = logInto(lines, { level: 'warn' });
    log.info('not shown');
    log.setLevel('debug');
    log.debug('shown');
    expect(log.level).toBe('debug');
    expect(lines.map(({ msg }) => msg)).toEqual(['shown']);
  });

  it('counts repeated warnings and reports the count', async () => {
    const lines: Record<string, unknown>[] = [];
    const log = logInto(lines, { repetitionMillis: 40 });
    for (let i = 0; i < 5; i += 1) log.warn('Feed is stale', { feed: 'a' });
    log.warn('Feed is stale', { feed: 'b' });
    expect(lines.map(({ feed, repeated }) => [feed, repeated])).toEqual([
      ['a', undefined],
      ['b', undefined],
    ]);
    await until('the count is logged', () => lines.length > 2);
    expect(lines.slice(2)).toMatchObject([{ level: 'warn', msg: 'Feed is stale', feed: 'a', repeated: 4 }]);
    log.warn('Feed is stale', { feed: 'a' });
    log.warn('Feed is stale', { feed: 'a' });
    log.flush();
    expect(lines.slice(3)).toMatchObject([{ feed: 'a' }, { feed: 'a', repeated: 1 }]);
  });

  it('remembers a limited number of warnings and loses no count', () => {
    const lines: Record<string, unknown>[] = [];
    const log = logInto(lines);
    log.warn('Odd', { n: -1 });
    log.warn('Odd', { n: -1 });
    for (let n = 0; n < 1000; n += 1) log.warn('Odd', { n });
    expect(lines.filter(({ repeated }) => repeated !== undefined)).toMatchObject([{ n: -1, repeated: 1 }]);
  });

  it('names the active trace', () => {
    context.setGlobalContextManager(synchronousContexts());
    const spanContext = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: TraceFlags.SAMPLED };
    const lines: Record<string, unknown>[] = [];
    const log = logInto(lines);
    context.with(trace.setSpanContext(context.active(), spanContext), () => {
      log.info('In it');
      log.info('In it', { request_id: 'mine' });
    });
    log.info('Outside');
    context.disable();
    const [traced, own, outside] = lines;
    expect(traced).toMatchObject({ trace_id: 'a'.repeat(32), span_id: 'b'.repeat(16), request_id: 'a'.repeat(32) });
    expect(own).toMatchObject({ request_id: 'mine' });
    expect(outside).not.toHaveProperty('trace_id');
  });
});
