/** Detectors that are off, and the options that switch them on: `node is off: use --enable-detectors node, …`. */
export function describeDetectorsOff(ids: readonly string[]): string {
  const [lockFiles, named] = [ids.includes('lock-files'), ids.filter((id) => id !== 'lock-files')];
  const switches = [lockFiles && '--lock-files', named.length > 0 && `--enable-detectors ${named.join(',')}`];
  const use = switches.filter((one) => one !== false).join(' ');
  const [are, them] = ids.length === 1 ? ['is', 'it'] : ['are', 'them'];
  return `${ids.join(', ')} ${are} off: use ${use}, or take ${them} out of --disable-detectors`;
}
