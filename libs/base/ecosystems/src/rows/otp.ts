import type { Ecosystem } from '../ecosystem';
import { lowerCase } from '../lower-case';

/** Applications that Erlang/OTP and Elixir consist of; other applications are packages of Hex. */
export const otp: Ecosystem = {
  type: 'otp',
  namespace: 'otp',
  purlName: lowerCase,
};
