import type { Log, LogFields } from '@clarion/model';
import { isSpanContextValid, trace } from '@opentelemetry/api';
import { pino, type DestinationStream } from 'pino';

import { redactFields, redactText } from './redaction';
import { createRepetition } from './repetition';

export const logLevels = ['debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

export interface LogOptions {
  readonly service: string;
  readonly version: string;
  readonly level?: LogLevel;
  /** Destination of lines. Default: standard output. */
  readonly stream?: DestinationStream;
  /** How long a repeated warning is only counted. Default: one minute. */
  readonly repetitionMillis?: number;
}

/** The log of a process. */
export interface ServiceLog extends Log {
  readonly level: LogLevel;
  /** Applies immediately. */
  setLevel(level: LogLevel): void;
  /** Adds fields to every line of the result. */
  with(fields: LogFields): Log;
  /** Prints the pending counts of repeated warnings. */
  flush(): void;
}

/**
 * One JSON object per line: `level`, `time` (RFC 3339, UTC), `service`, `version`, the ids of the active trace
 * (`trace_id`, `span_id`, and `request_id` unless there is one), the fields, `msg`. Fields and message are redacted
 * (`redactFields`). A warning equal to one of the last minute is counted and printed once more with `repeated`.
 */
export function createLog(options: LogOptions): ServiceLog {
  const { service, version, level = 'info', stream, repetitionMillis = 60_000 } = options;
  const printer = pino(
    {
      level,
      base: { service, version },
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
      mixin: activeTrace,
    },
    stream ?? pino.destination({ fd: 1, sync: true }),
  );
  const repetition = createRepetition(repetitionMillis, (message, fields, repeated) => {
    printer.warn({ ...fields, repeated }, message);
  });
  const logWith = (fixed: LogFields): Log => {
    const print = (to: 'debug' | 'info' | 'error', message: string, fields: LogFields): void => {
      if (printer.isLevelEnabled(to)) printer[to](redactFields({ ...fixed, ...fields }), redactText(message));
    };
    return {
      debug: (message, fields = {}) => {
        print('debug', message, fields);
      },
      info: (message, fields = {}) => {
        print('info', message, fields);
      },
      warn: (message, fields = {}) => {
        if (!printer.isLevelEnabled('warn')) return;
        const shown = redactFields({ ...fixed, ...fields });
        if (repetition.isNew(redactText(message), shown)) printer.warn(shown, redactText(message));
      },
      error: (message, fields = {}) => {
        print('error', message, fields);
      },
    };
  };
  return {
    ...logWith({}),
    get level() {
      return printer.level as LogLevel;
    },
    setLevel: (level) => {
      printer.level = level;
    },
    with: logWith,
    flush: () => {
      repetition.flush();
    },
  };
}

function activeTrace(): object {
  const context = trace.getActiveSpan()?.spanContext();
  if (context === undefined || !isSpanContextValid(context)) return {};
  return { request_id: context.traceId, trace_id: context.traceId, span_id: context.spanId };
}
