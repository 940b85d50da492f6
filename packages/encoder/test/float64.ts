export { affine, gelu, norm } from "@nacre/testing";
