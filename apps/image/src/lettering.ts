/** Letters for a picture that has to name its parts, drawn here because a machine may have no fonts at all. */

/** Rows of each letter from the top, five points as a digit of base 32, the leftmost the highest bit. */
const glyphs: Readonly<Record<string, string>> = {
  A: "ehhvhhh",
  B: "uhhuhhu",
  C: "ehggghe",
  D: "uhhhhhu",
  E: "vgguggv",
  F: "vgguggg",
  G: "ehgnhhe",
  H: "hhhvhhh",
  I: "e44444e",
  J: "72222ic",
  K: "hikokih",
  L: "ggggggv",
  M: "hrllhhh",
  N: "hpljhhh",
  O: "ehhhhhe",
  P: "uhhuggg",
  Q: "ehhhlid",
  R: "uhhukih",
  S: "fgge11u",
  T: "v444444",
  U: "hhhhhhe",
  V: "hhhhha4",
  W: "hhhllrh",
  X: "hha4ahh",
  Y: "hha4444",
  Z: "v1248gv",
  0: "ehjlphe",
  1: "4c4444e",
  2: "eh1248v",
  3: "v2421he",
  4: "26aiv22",
  5: "vgu11he",
  6: "68guhhe",
  7: "v124888",
  8: "ehhehhe",
  9: "ehhf12c",
  ".": "00000cc",
  "-": "000v000",
};

/** Points of a letter, the gap after it included. */
const [across, rows] = [6, 7];

/** Points that a text of so many letters takes. */
export function letteringSize(letters: number): { width: number; height: number } {
  return { width: across * letters, height: rows };
}

/**
 * The points of a text that are dark, from its top left; capitals, digits, point and dash, all else is a gap.
 *
 * onPoint  told of each point, column and row
 */
export function drawLetters(text: string, onPoint: (column: number, row: number) => void): void {
  for (const [place, letter] of [...text.toUpperCase()].entries()) {
    for (const [row, digit] of [...(glyphs[letter] ?? "")].entries()) {
      const bits = Number.parseInt(digit, 32);
      for (let column = 0; column < 5; column++) {
        if (bits & (16 >> column)) onPoint(place * across + column, row);
      }
    }
  }
}
