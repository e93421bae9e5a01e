/** Ubuntu builds some packages again as certified modules (`+Fips1`, `~fips`). */
export function ubuntuFlavour(version: string): string | undefined {
  return /[+~.]fips/i.test(version) ? 'fips' : undefined;
}

/** Whether a channel has nothing but certified modules. */
export function isFipsChannel(channel: string | undefined): boolean {
  return channel !== undefined && /^fips(?:-|$)/.test(channel);
}

/** Whether a channel is of Expanded Security Maintenance, which `ubuntu-pro` offers. */
export function isEsmChannel(channel: string): boolean {
  return channel.startsWith('esm-');
}

/** Whether a version was built for Expanded Security Maintenance. */
export function hasEsmVersion(version: string): boolean {
  return /[+~]esm\d/.test(version);
}
