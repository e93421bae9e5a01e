/** The components of a CPE 2.3 name that decide whether it means a program in an image. */
export interface Cpe {
  readonly part: string;
  /** `vendor:product`. */
  readonly product: string;
  readonly version: string;
  readonly update: string;
  /** Edition, language, sw_edition, target_sw, target_hw, other. */
  readonly rest: readonly string[];
}

const longestName = 1024;

/** Reads a formatted string (NISTIR 7695); undefined for anything else. */
export function parseCpe(name: unknown): Cpe | undefined {
  if (typeof name !== 'string' || name.length > longestName || !name.startsWith('cpe:2.3:')) return undefined;
  const components = name.match(/(?:\\.|[^:\\])+/gs) ?? [];
  if (components.length !== 13) return undefined;
  const [, , part = '', vendor = '', product = '', version = '', update = '', ...rest] = components.map((text) =>
    text.replace(/\\(.)/gs, '$1'),
  );
  return { part, product: `${vendor}:${product}`, version, update, rest };
}
