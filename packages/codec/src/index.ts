export { readSafetensors, type StoredTensor, type StoredType, writeSafetensors } from "./safetensors.js";
