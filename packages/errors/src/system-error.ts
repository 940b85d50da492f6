import { isNacreError, NacreError } from "./nacre-error.js";

const sentences: Record<string, { says: string; mend?: string }> = {
  ENOENT: { says: "does not exist", mend: "check the spelling of the path" },
  ENOTDIR: { says: "lies under something that is not a folder", mend: "check the path" },
  EACCES: { says: "may not be opened by this user", mend: "change its permissions or choose another place" },
  EPERM: { says: "may not be changed by this user", mend: "change its permissions or choose another place" },
  EROFS: { says: "lies on a disk that is read-only", mend: "choose another place" },
  ENOSPC: { says: "does not fit: the disk is full", mend: "free some space or choose another disk" },
  EDQUOT: { says: "does not fit: the disk quota is used up", mend: "free some space or choose another disk" },
  EFBIG: { says: "is larger than this disk allows", mend: "choose another disk" },
  EEXIST: { says: "is already there and is no folder", mend: "choose another name" },
  EISDIR: { says: "is a folder", mend: "name a file" },
  ELOOP: { says: "is a link that leads back to itself", mend: "name the file itself" },
  ENAMETOOLONG: { says: "has too long a name", mend: "choose a shorter one" },
  EPIPE: { says: "was closed by its reader" },
  EMFILE: { says: "cannot be opened: too many files are open", mend: "open fewer at once" },
};

/**
 * What an operating system refused, as a NacreError "io" that names the file; a NacreError passes through
 * as it is. The one place where such sentences stand.
 */
export function systemError(cause: unknown, name: string): NacreError {
  if (isNacreError(cause)) return cause;
  const code = systemCode(cause);
  const known = sentences[code ?? ""] ?? { says: `cannot be read or written (${code ?? String(cause)})` };
  return new NacreError(
    "io",
    { found: `${name} ${known.says}`, ...(known.mend && { mend: known.mend }) },
    { cause },
  );
}

/** The system's short name of what went wrong, like ENOSPC. */
export function systemCode(error: unknown): string | undefined {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return typeof code === "string" ? code : undefined;
}

/** Waits for work with a file and words its failure. */
export async function naming<T>(name: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    throw systemError(cause, name);
  }
}
