export { distance, noise, run } from "@nacre/testing";
