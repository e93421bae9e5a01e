/** The components of a CPE URI binding (NISTIR 7695 §6.1); '' is ANY. */
export interface Cpe {
  readonly vendor: string;
  readonly product: string;
  readonly version: string;
  readonly update: string;
  readonly edition: string;
}

/**
 * Reads `cpe:/o:redhat:enterprise_linux:9::baseos`. The part (`a` or `o`) is not kept: Red Hat writes one product
 * under both. Undefined for anything else.
 */
export function parseCpe(text: string): Cpe | undefined {
  const match = /^cpe:\/[aoh]?:(.*)$/i.exec(text);
  if (match === null) return undefined;
  const [vendor = '', product = '', version = '', update = '', edition = ''] = (match[1] ?? '')
    .toLowerCase()
    .split(':');
  if (vendor === '' || product === '') return undefined;
  return { vendor, product, version: any(version), update: any(update), edition: any(edition) };
}

function any(component: string): string {
  return component === '*' ? '' : component;
}

/**
 * Whether an advisory about product `said` applies to `own`: every component is equal, ANY, or a version that `own`
 * continues after a dot (`8` and `4.*` cover `8.6` and `4.13`, `1` does not cover `10`).
 */
export function covers(said: Cpe, own: Cpe): boolean {
  return (
    said.vendor === own.vendor &&
    said.product === own.product &&
    coversVersion(said.version, own.version) &&
    (said.update === '' || said.update === own.update) &&
    (said.edition === '' || said.edition === own.edition)
  );
}

function coversVersion(said: string, own: string): boolean {
  const stem = said.replace(/\.?\*$/, '');
  return stem === '' || own === stem || own.startsWith(`${stem}.`);
}
