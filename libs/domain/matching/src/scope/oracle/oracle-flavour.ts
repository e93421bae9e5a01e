/** Oracle builds some packages again for live patching (`.ksplice1`), as certified modules (`_fips`), as its own kernel (`el8uek`). */
export function oracleFlavour(name: string, version: string): string | undefined {
  if (version.includes('.ksplice') || (version !== '' && name.startsWith('ksplice-'))) return 'ksplice';
  if (version.includes('_fips')) return 'fips';
  return /\.el\d{1,2}uek/.test(version) ? 'uek' : undefined;
}
