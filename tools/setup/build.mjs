// npm run build: set-up, then every app to dist/apps/<app>/main.js. With nx the unchanged ones come from its cache:
//   npx nx run-many -t build
import { ensureDependencies, ensureNode } from './ensure.mjs';

ensureNode();
ensureDependencies();
const { appNames, bundle, bundlePath } = await import('./bundle.mjs');
for (const name of appNames()) {
  await bundle(name);
  console.error(`built ${bundlePath(name)}`);
}
