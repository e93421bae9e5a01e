import { type Detector, filesWithin } from '@clarion/model';
import { parsePackages } from './parse';

/** Applications of Erlang and Elixir: packages of Hex, and parts of OTP and Elixir themselves. */
export const erlang: Detector = {
  id: 'erlang',
  kind: 'feature',
  version: 1,
  title: 'Erlang and Elixir applications (.app files, metadata of Hex)',
  files: {
    paths: ['**/ebin/*.app', '**/hex_metadata.config'],
    maxBytes: 1024 * 1024,
    byPath: true,
  },
  detect(files, budget) {
    return parsePackages(filesWithin(files, budget), budget);
  },
};
