const extensions = [
  ...['jar', 'war', 'ear', 'par', 'sar', 'rar'],
  // Plugins of Jenkins, libraries of Android.
  ...['jpi', 'hpi', 'aar'],
  // Apache NiFi, Apache Karaf, Liberty, Liferay, NetBeans.
  ...['nar', 'kar', 'esa', 'lpkg', 'nbm'],
];

function spellings(extension: string): readonly string[] {
  return Array.from(extension).reduce<readonly string[]>(
    (before, letter) => before.flatMap((start) => [start + letter, start + letter.toUpperCase()]),
    [''],
  );
}

/** Globs over the names of archives of Java, in capital and small letters: Java accepts any. */
export const javaArchives: readonly string[] = extensions.flatMap((extension) =>
  spellings(extension).map((one) => `**/*.${one}`),
);
