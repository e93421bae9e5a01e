import type * as CliProgress from 'cli-progress';
import type { MultiBar, SingleBar } from 'cli-progress';
import { describeWarningAsJson, printable } from './failure';
import type { CommonSettings } from './settings';

/** One phase of longer work. */
export interface ProgressPhase {
  /** Amount done so far, in the phase's unit; `total` may become known later. */
  advance(done: number, total?: number): void;
  /** Shows a text, and a bar when the share done (0 to 1) is known. */
  report(text: string, share?: number): void;
  /** Ends the phase; `text` is its result. */
  end(text: string): void;
}

/** Shows progress to a person on stderr. Never writes to stdout. */
export interface Progress {
  phase(name: string, unit: 'bytes' | 'layers'): ProgressPhase;
  readonly warn: (message: string) => void;
  /** Removes bars from the screen before results or errors are printed. */
  close(): void;
}

const silent: Progress = {
  phase: () => ({ advance: () => undefined, report: () => undefined, end: () => undefined }),
  warn: () => undefined,
  close: () => undefined,
};

function line(text: string): void {
  process.stderr.write(`${printable(text)}\n`);
}

/** Off a terminal: one line when a phase ends. */
const lines: Progress = {
  phase: (name) => ({
    advance: () => undefined,
    report: () => undefined,
    end: (text) => {
      line(`${name}: ${text}`);
    },
  }),
  warn: (message) => {
    line(`clarion: warning: ${message}`);
  },
  close: () => undefined,
};

/** For programs: warnings only, so that every line on stderr is an object. */
const objects: Progress = {
  ...silent,
  warn: (message) => {
    process.stderr.write(`${describeWarningAsJson(message)}\n`);
  },
};

const mebibyte = 1_048_576;

/** Bars with and without a known total. */
const measured = '{name} {bar} {percentage}% {shown}, {eta_formatted} left';
const counted = '{name} {shown}';

/** A quick run should not flicker: bars appear only when the work takes longer than this. */
const patienceMillis = 300;

function amount(value: number, unit: 'bytes' | 'layers'): string {
  return unit === 'bytes' ? `${(value / mebibyte).toFixed(1)} MiB` : String(value);
}

const barColumns = 24;

function drawn(share: number): string {
  const full = Math.round(Math.max(0, Math.min(1, share)) * barColumns);
  return `${'█'.repeat(full)}${'░'.repeat(barColumns - full)} ${Math.floor(share * 100)}%`;
}

/** Loaded only once a bar is really shown: start-up should not pay for it. */
function loadBars(): typeof CliProgress {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- a synchronous lazy load
  return require('cli-progress') as typeof CliProgress;
}

class Bars implements Progress {
  private bars: MultiBar | undefined;
  private readonly startedAt = Date.now();
  private closed = false;

  phase(name: string, unit: 'bytes' | 'layers'): ProgressPhase {
    let bar: SingleBar | undefined;
    return {
      advance: (done, total) => {
        // Without a total there is no bar to draw: the amount alone shows that work continues.
        const known = total !== undefined && total > 0;
        const format = known ? measured : counted;
        bar ??= this.open()?.create(total ?? 0, 0, { name: printable(name), shown: '' }, { format });
        if (known) bar?.setTotal(total);
        bar?.update(done, { shown: known ? `${amount(done, unit)} of ${amount(total, unit)}` : amount(done, unit) });
      },
      report: (text, share) => {
        bar ??= this.open()?.create(0, 0, { name: printable(name), shown: '' }, { format: counted });
        bar?.update(0, { shown: share === undefined ? text : `${drawn(share)} ${text}` });
      },
      end: (text) => {
        bar?.update(bar.getTotal(), { shown: printable(text) });
        bar?.stop();
      },
    };
  }

  warn(message: string): void {
    const text = `clarion: warning: ${printable(message)}\n`;
    if (this.bars === undefined) process.stderr.write(text);
    else this.bars.log(text);
  }

  close(): void {
    this.closed = true;
    this.bars?.stop();
    this.bars = undefined;
  }

  private open(): MultiBar | undefined {
    if (this.closed || Date.now() - this.startedAt < patienceMillis) return undefined;
    if (this.bars === undefined) {
      const { MultiBar: Multi, Presets } = loadBars();
      this.bars = new Multi(
        { stream: process.stderr, hideCursor: true, clearOnComplete: true, barsize: barColumns },
        Presets.shades_classic,
      );
    }
    return this.bars;
  }
}

/** Bars on a terminal, one line per phase elsewhere, only warnings as JSON, nothing when quiet. */
export function createProgress({ quiet = false, jsonErrors = false }: Partial<CommonSettings>): Progress {
  if (quiet) return silent;
  if (jsonErrors) return objects;
  return process.stderr.isTTY && process.env['CI'] === undefined ? new Bars() : lines;
}
