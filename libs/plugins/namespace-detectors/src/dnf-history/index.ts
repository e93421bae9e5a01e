import type { Detector } from '@clarion/model';

const databases = ['var/lib/dnf/history.sqlite', 'usr/lib/sysimage/libdnf5/transaction_history.sqlite'];

/** The repository from which dnf installed each package. */
export const dnfHistory: Detector = {
  id: 'dnf-history',
  kind: 'namespace',
  version: 1,
  title: 'dnf history (repository of each package; dnf 4 and 5)',
  files: { paths: databases.flatMap((path) => [path, `${path}-wal`]), maxBytes: 64 * 1024 * 1024 },
  async detect(files, budget) {
    // Loaded on first use: most runs never see such a database.
    const { parseHistories } = await import('./parse');
    return parseHistories(files, budget);
  },
};
