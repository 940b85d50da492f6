export {
  assert,
  type ErrorCode,
  type ErrorParts,
  isNacreError,
  NacreError,
} from "./nacre-error.js";
export { naming, systemCode, systemError } from "./system-error.js";
