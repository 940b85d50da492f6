/** Imports follow the table of rooms, are declared, and stay inside their package. */
import { isBuiltin } from "node:module";
import { type Room, rooms } from "./rooms.js";
import {
  importsOf,
  type Package,
  packageOf,
  place,
  readPackages,
  readSources,
  type Source,
} from "./workspace.js";

/** One line per import or dependency that the table does not allow or the manifest does not name. */
export function checkImports(root: string): string[] {
  return readPackages(root).flatMap((each) => {
    if (each.kind === "packages" && !rooms[each.room]) {
      return [`${each.path}: has no row in tools/check/src/rooms.ts`];
    }
    return [
      ...checkManifest(each),
      ...readSources(root, each).flatMap((source) => checkSource(each, source)),
    ];
  });
}

function checkManifest({ kind, room, path, manifest }: Package): string[] {
  if (kind !== "packages") return [];
  const { dependencies, peerDependencies, optionalDependencies } = manifest;
  return Object.keys({ ...dependencies, ...peerDependencies, ...optionalDependencies })
    .filter((name) => !allowed(room, rooms[room]!, name) && !brought(rooms[room]!, name))
    .map((name) => `${path}/package.json: ${room} may not depend on ${name}`);
}

function checkSource(each: Package, source: Source): string[] {
  return importsOf(source).flatMap(({ specifier, node }) => {
    const words = specifier.startsWith(".")
      ? faultOfRelative(source, specifier)
      : isBuiltin(specifier)
        ? undefined
        : faultOfBare(each, source, specifier);
    return words ? [`${place(source, node)}: ${words}`] : [];
  });
}

function faultOfRelative({ shipped }: Source, specifier: string): string | undefined {
  // Tests in a folder of src reach their package's fixtures.
  const fixture = !shipped && /^(\.\.\/){2}test\//.test(specifier);
  if (/^(\.\.\/){2}/.test(specifier) && !fixture)
    return `"${specifier}" goes up more than once; import a package by its name`;
  if (!/\.(js|json)$/.test(specifier)) return `"${specifier}" has no ending; relative imports end in .js`;
  return undefined;
}

function faultOfBare(
  { kind, room, manifest }: Package,
  { shipped }: Source,
  specifier: string,
): string | undefined {
  const name = packageOf(specifier);
  if (name === manifest.name)
    return shipped ? `${room} imports itself by name; use a relative path` : undefined;
  // Tests may compare with any room, so only what ships is held to the table.
  if (shipped && kind === "packages" && !allowed(room, rooms[room]!, name))
    return `${room} may not import ${name}`;
  const { dependencies, peerDependencies, optionalDependencies, devDependencies } = manifest;
  const declared = {
    ...dependencies,
    ...peerDependencies,
    ...optionalDependencies,
    ...(shipped ? {} : devDependencies),
  };
  return name in declared
    ? undefined
    : `${name} is not among the ${shipped ? "dependencies" : "dependencies or devDependencies"} of ${room}`;
}

function brought({ brings = [] }: Room, name: string): boolean {
  return brings.some((model) => name === `@nacre/model-${model}`);
}

function allowed(room: string, { mayImport }: Room, name: string): boolean {
  if (!name.startsWith("@nacre/")) return true;
  const other = name.slice("@nacre/".length);
  return other === room || mayImport.includes(other);
}
