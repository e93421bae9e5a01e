import type { LogFields } from '@clarion/model';

interface CountedWarning {
  readonly message: string;
  readonly fields: LogFields;
  readonly until: number;
  repeated: number;
}

/** Distinguishes new warnings from those that were just printed. */
export interface RepetitionCounter {
  /** Whether to print this warning now; if not, it has been counted. */
  isNew(message: string, fields: LogFields): boolean;
  /** Reports the pending counts. */
  flush(): void;
}

/** Maximum number of distinct warnings in memory; beyond it, the count of the oldest is reported early. */
const mostCounted = 1000;

/** Counts equal warnings for `millis` after the first one, then reports how often it was repeated. */
export function createRepetition(
  millis: number,
  report: (message: string, fields: LogFields, repeated: number) => void,
): RepetitionCounter {
  const counted = new Map<string, CountedWarning>();
  let timer: NodeJS.Timeout | undefined;
  const release = (key: string, entry: CountedWarning): void => {
    counted.delete(key);
    if (entry.repeated > 0) report(entry.message, entry.fields, entry.repeated);
  };
  const sweep = (): void => {
    const now = Date.now();
    // All have the same lifetime, so the map is sorted by expiry.
    for (const [key, entry] of counted) {
      if (entry.until > now) break;
      release(key, entry);
    }
    timer = counted.size === 0 ? undefined : setTimeout(sweep, millis).unref();
  };
  return {
    isNew(message, fields) {
      const key = `${message}\n${JSON.stringify(fields)}`;
      const known = counted.get(key);
      if (known !== undefined && known.until > Date.now()) {
        known.repeated += 1;
        return false;
      }
      if (known !== undefined) release(key, known);
      const oldest = counted.size >= mostCounted ? counted.entries().next().value : undefined;
      if (oldest !== undefined) release(...oldest);
      counted.set(key, { message, fields, until: Date.now() + millis, repeated: 0 });
      timer ??= setTimeout(sweep, millis).unref();
      return true;
    },
    flush() {
      for (const [key, entry] of counted) release(key, entry);
      clearTimeout(timer);
      timer = undefined;
    },
  };
}
