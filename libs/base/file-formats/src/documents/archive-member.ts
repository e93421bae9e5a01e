/** One file of an archive; `problem` instead of the content when only this file cannot be read. */
export type ArchiveMember =
  | { readonly name: string; readonly content: Uint8Array; readonly problem?: undefined }
  | { readonly name: string; readonly problem: string };

export type ArchiveRules = Required<ArchiveOptions>;
export interface ArchiveOptions {
  /** Names the archive in errors. */
  readonly label: string;
  /** Whether to read the content of a file; all files unless stated. `name` is its path inside the archive. */
  readonly accept?: (name: string) => boolean;
  /** Largest content of one file in bytes; a larger one is a problem. 32 MiB unless stated. */
  readonly memberBytes?: number;
  /** Most entries; 2 million unless stated. */
  readonly entries?: number;
  /** Maximum bytes of all entries together after decompression; 64 GiB unless stated. */
  readonly totalBytes?: number;
}
