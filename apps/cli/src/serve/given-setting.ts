/** A setting of `serve` that an option, or the configuration file, has given. */
export interface GivenSetting {
  /** The variable of the environment that it is given in place of. */
  readonly variable: string;
  readonly text: string;
  /** `--jwks-url` */
  readonly option: string;
}
