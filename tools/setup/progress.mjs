import { createInterface } from 'node:readline';

/** A run without output for this long looks hung. */
const silenceMillis = 45_000;

/**
 * Prints a line after a period without output: the elapsed time, and the current work.
 * @param {{ print?: (line: string) => void, now?: () => number }} [options]
 */
export function createProgress({ print = (line) => console.error(line), now = Date.now } = {}) {
  const started = now();
  let last = started;
  /** @type {Set<{ name: string, done: number }>} */
  const running = new Set();
  const timer = setInterval(() => {
    if (now() - last < silenceMillis) return;
    const what = [...running].map(({ name, done }) => (done > 0 ? `${name}, ${done} suites done` : name));
    const seconds = Math.round((now() - started) / 1000);
    print(`...    ${Math.floor(seconds / 60)} min ${seconds % 60} s: ${what.join('; ') || 'setting up'}`);
    last = now();
  }, 5000);
  timer.unref();
  return {
    /**
     * Prints a line of a result.
     * @param {string} line
     */
    say(line) {
      last = now();
      print(line);
    },
    /**
     * Shows work as running until the returned function is called.
     * @param {string} name
     */
    begin(name) {
      const one = { name, done: 0 };
      running.add(one);
      return Object.assign(() => running.delete(one), { countOne: () => (one.done += 1) });
    },
    close() {
      clearInterval(timer);
    },
  };
}

/**
 * Passes on the output of Jest, and counts its suites.
 * @param {import('node:stream').Readable} output
 * @param {{ say(line: string): void, countOne(): void }} to
 */
export async function followJest(output, { say, countOne }) {
  for await (const line of createInterface({ input: output })) {
    if (/^(?:\u001b\[[\d;]*m|\s)*(?:PASS|FAIL)\b/.test(line)) countOne();
    say(line);
  }
}
