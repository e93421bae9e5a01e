import type { RenderStyle, Severity } from '@clarion/model';
import pc from 'picocolors';

/** Text colours; functions that do nothing where colours are off. */
export type TextColours = ReturnType<typeof pc.createColors>;

/** How a rendering looks. */
export interface TextStyle {
  readonly paint: TextColours;
  /** Columns to fill. */
  readonly width: number;
}

/** What a style means for a rendering. */
export function lookOf(style: RenderStyle): TextStyle {
  return {
    paint: pc.createColors(style.colour),
    width: style.width === undefined ? unlimited : Math.max(narrowest, style.width),
  };
}

/** Without a terminal nothing is wrapped, so that programs see one line a row. */
const unlimited = 100_000;
const narrowest = 40;

/** The colour of a severity; the word itself is always shown too. */
export function severityPaint(paint: TextColours, severity: Severity): (text: string) => string {
  const painters = {
    Critical: (text: string) => paint.bold(paint.red(text)),
    High: paint.red,
    Medium: paint.yellow,
    Low: paint.blue,
    Negligible: paint.dim,
    Unknown: paint.dim,
  } satisfies Record<Severity, (text: string) => string>;
  return painters[severity];
}

/** `1 package`, `2 packages`. */
export function count(number: number, noun: string, plural = `${noun}s`): string {
  return `${number} ${number === 1 ? noun : plural}`;
}

/** `3 packages`. */
export function packagesText(number: number): string {
  return count(number, 'package');
}
