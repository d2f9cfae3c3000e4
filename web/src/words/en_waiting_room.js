/** What is said to visitors in line, in English. It is loaded when the first of them waits. */

export const NEXT_IN_LINE = "You are next in line.";
export const NUMBER_IN_LINE = "You are number {number} in line.";
/** By unit, and by the plural forms of the language. */
export const EXPECTED_ABOUT = /** @type {Record<string, Record<string, string>>} */ ({
  minute: { one: "Expected in about {count} minute.", other: "Expected in about {count} minutes." },
  hour: { one: "Expected in about {count} hour.", other: "Expected in about {count} hours." },
  day: { one: "Expected in about {count} day.", other: "Expected in about {count} days." },
});
export const EXPECTED_IN = "Expected in {countdown}.";
export const EXPECTED_UNKNOWN = "We cannot tell yet how long this will take.";
export const LEAVE_LINE = "Leave the line";
export const LINE_LEFT = "You have left the line. Your message is a draft again.";
