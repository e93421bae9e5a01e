import type { LayerEntry } from '@clarion/model';

/** An entry of a layer: a non-executable file of 100 bytes, unless given otherwise. */
export function layerEntry(path: string, more: Partial<LayerEntry> = {}): LayerEntry {
  return { path, type: 'file', size: 100, mode: 0o644, link: '', nullDevice: false, ...more };
}
