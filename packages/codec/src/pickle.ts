/** Whether a file is what torch.save or pickle writes: a zip archive, or a bare pickle, which begins with its protocol. */
export function isPickle(file: Uint8Array): boolean {
  const zip = file[0] === 0x50 && file[1] === 0x4b;
  const bare = file[0] === 0x80 && file[1]! <= 5 && file[7] !== 0;
  return zip || bare;
}
