/** Those of `candidates` with the most directories in common with `path`: what one installer wrote lies together. */
export function nearest<Candidate extends { readonly path: string }>(
  candidates: readonly Candidate[],
  path: string,
): readonly Candidate[] {
  if (candidates.length < 2) return candidates;
  const shared = candidates.map((candidate) => commonDirectories(candidate.path, path));
  const most = shared.reduce((a, b) => Math.max(a, b), 0);
  return candidates.filter((_, index) => shared[index] === most);
}

function commonDirectories(a: string, b: string): number {
  let count = 0;
  for (let at = 0; at < a.length && a[at] === b[at]; at++) if (a[at] === '/') count += 1;
  return count;
}
