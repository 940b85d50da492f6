export { changedParts, countMultiplyAdds, gradientNorms } from "@nacre/testing";
