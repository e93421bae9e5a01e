export { Any } from './generated/google/protobuf/any';
export { BadRequest, ErrorInfo, RetryInfo } from './generated/google/rpc/error_details';
export { Status } from './generated/google/rpc/status';
