import { featureDetectors } from '@clarion/feature-detectors';
import { assembleImage } from '@clarion/layer-indexing';
import type { LayerIndex } from '@clarion/model';

// Measures how long composing an image with many files of language packages takes: npm run bench -- composing
// Facts are generated; images with such files, from the archive on, are measured by `npm run bench -- large-layers`.

const rounds = 5;
const platform = { os: 'linux', architecture: 'amd64' };
const names = ['apk', 'dpkg', 'rpm', 'node', 'python', 'ruby', 'java', 'go-binary', 'rust-binary'];
const detectors = featureDetectors.filter(({ id }) => names.includes(id));

/** A layer with this many npm packages, a third of them deeper, as an install writes them. */
function layerOf(number: number, packages: number): LayerIndex {
  const directories: string[] = [];
  const files = Array.from({ length: packages }, (_, at) => {
    // In the order in which facts are stored.
    const own = String(at).padStart(6, '0');
    const name = `srv/app-${number}/node_modules/package-${own}`;
    const nested = at % 3 === 0 ? `${name}/node_modules/dependency-${own}` : name;
    directories.push(name, ...(nested === name ? [] : [`${name}/node_modules`, nested]));
    return `${nested}/package.json`;
  });
  const features = files.map((path, at) => ({ type: 'npm', name: `package-${at}`, version: '1.2.3', path }));
  const none = { whiteouts: [], opaques: [], symlinks: [], hardlinks: [], obstacles: [] };
  const detection = { detector: 'node', version: 1, files, features, namespaces: [], problems: [] };
  const layer: LayerIndex = {
    diffId: `sha256:${String(number).padStart(64, '0')}`,
    blobs: [],
    size: 1,
    entries: files.length,
    structure: { ...none, files, directories },
    detections: [detection],
    problems: [],
  };
  // As stores return it: no text is shared.
  return JSON.parse(JSON.stringify(layer)) as LayerIndex;
}

function measure(label: string, makeLayers: () => readonly LayerIndex[]): void {
  let best = Infinity;
  let packages = 0;
  for (let round = 0; round < rounds; round += 1) {
    const layers = makeLayers();
    const began = process.cpuUsage();
    const image = assembleImage({ reference: 'bench', platform, layers: layers.map(() => ({})) }, layers, detectors);
    const { user, system } = process.cpuUsage(began);
    best = Math.min(best, (user + system) / 1000);
    packages = image.features.length;
    if (image.problems.length > 0) throw new Error(image.problems[0]?.message);
  }
  console.log(
    `${label.padEnd(48)}${String(packages).padStart(8)} packages${best.toFixed(0).padStart(7)} ms of processor`,
  );
}

const layers = (count: number, packages: number) => (): readonly LayerIndex[] =>
  Array.from({ length: count }, (_, number) => layerOf(number, packages));

measure('one layer with 50,000 files', layers(1, 50_000));
measure('that below 40 layers with one file each', () => [...layers(1, 50_000)(), ...layers(41, 1)().slice(1)]);
measure('80 layers with 600 files each', layers(80, 600));
measure('one layer with 2,000 files', layers(1, 2000));
