import { Session, type Profiler } from 'node:inspector';

/**
 * The cost of a run, as a number that does not depend on machine load: how often blocks of the code were entered (V8
 * counts them for coverage), and the bytes and characters that built-in functions processed.
 */
export async function countSteps(run: () => Promise<unknown>): Promise<number> {
  const session = new Session();
  session.connect();
  const meter = meterBuiltIns();
  try {
    await post(session, 'Profiler.enable');
    await post(session, 'Profiler.startPreciseCoverage', { callCount: true, detailed: true });
    meter.start();
    await run();
    meter.stop();
    const taken = await post<Profiler.TakePreciseCoverageReturnType>(session, 'Profiler.takePreciseCoverage');
    const steps = meter.passed() + blocksEntered(taken);
    if (!Number.isSafeInteger(steps)) throw new TypeError(`${steps} is not a number of steps`);
    return steps;
  } finally {
    meter.stop();
    await post(session, 'Profiler.stopPreciseCoverage');
    session.disconnect();
  }
}

function post<T>(session: Session, method: string, params: object = {}): Promise<T> {
  return new Promise((resolve, reject) => {
    session.post(method, params, (error, result) => {
      if (error === null) resolve(result as T);
      else reject(new Error(`${method}: ${error.message}`));
    });
  });
}

/** Code of this project and of the XML parser; the work of Jest does not count. */
const measured = /\/libs\/|\/saxes\//;

function blocksEntered({ result }: Profiler.TakePreciseCoverageReturnType): number {
  let steps = 0;
  for (const { url, functions } of result) {
    if (!measured.test(url)) continue;
    for (const { ranges } of functions) for (const { count } of ranges) steps += count;
  }
  return steps;
}

interface StepMeter {
  start(): void;
  stop(): void;
  passed(): number;
}

type FunctionCosts = Readonly<Record<string, (self: never, given: readonly never[], result: never) => number>>;

/** Distance of a search from its start to its match, or to the end. */
const searched = (self: { readonly length: number }, [, from = 0]: readonly unknown[], found: number): number =>
  Math.abs((found < 0 ? self.length : found) - Number(from));
const whole = (self: { readonly length: number }): number => self.length;
const made = (_self: unknown, _given: unknown, result: { readonly length: number }): number => result.length;
const firstGiven = (_self: unknown, [given]: readonly { readonly length?: number }[]): number => given?.length ?? 0;

/** A pattern that is tried in one place only fails there. */
function matched(self: RegExp, [text]: readonly string[], found: RegExpExecArray | null): number {
  if (found !== null) return found[0].length;
  return self.sticky || self.source.startsWith('^') ? 1 : (text?.length ?? 0);
}

/** What built-in functions process, by object: otherwise each call counts as one step, whatever its size. */
const priced: readonly (readonly [owner: object, costs: FunctionCosts])[] = [
  [Buffer, { concat: made, from: made }],
  [
    Buffer.prototype,
    {
      indexOf: searched,
      includes: whole,
      toString: made,
      copy: (_self, _given, copied: number) => copied,
      equals: whole,
    },
  ],
  [Object.getPrototypeOf(Uint8Array.prototype) as object, { set: firstGiven, slice: made, fill: whole }],
  [TextDecoder.prototype, { decode: firstGiven }],
  [
    String.prototype,
    { indexOf: searched, includes: whole, split: whole, trim: made, replaceAll: whole, replace: whole, match: whole },
  ],
  [RegExp.prototype, { exec: matched }],
  [
    Array.prototype,
    { indexOf: searched, includes: whole, shift: whole, unshift: whole, splice: whole, concat: made, slice: made },
  ],
  [JSON, { parse: firstGiven }],
];

type AnyFunction = (this: unknown, ...given: never[]) => unknown;

function meterBuiltIns(): StepMeter {
  const originals: (() => void)[] = [];
  let passed = 0;
  return {
    start() {
      for (const [owner, costs] of priced) {
        for (const [name, cost] of Object.entries(costs)) {
          const methods = owner as Record<string, AnyFunction | undefined>;
          const original = methods[name];
          if (original === undefined) throw new TypeError(`There is no ${name} to count`);
          originals.push(() => (methods[name] = original));
          methods[name] = function metered(this: unknown, ...given: never[]): unknown {
            const result = original.apply(this, given);
            passed += cost(this as never, given, result as never);
            return result;
          };
        }
      }
    },
    stop() {
      for (const restore of originals.splice(0)) restore();
    },
    passed: () => passed,
  };
}
