/** Names that differ only in case mean one package. */
export function lowerCase(name: string): string {
  return name.toLowerCase();
}
